"""The report's charts, drawn from its figures."""

from __future__ import annotations

from markupsafe import Markup

from training.evaluation.assessment import Assessment
from training.evaluation.charts import Chart, interval_chart
from training.evaluation.comparison import by_name

# The same colour for the same contender everywhere; all others are grey.
SERIES = {"network": 0, "yamnet_untouched": 1, "mfcc_statistics": 2}
_OTHERS = 9


def draw_charts(its: Assessment) -> dict[str, Markup]:
    """Every chart by name: auc, roc, precision_recall, reliability, histogram, risk_coverage, and
    probes where there are any."""
    charts = {
        "auc": _auc(its),
        "roc": _roc(its),
        "precision_recall": _precision_recall(its),
        "reliability": _reliability(its),
        "histogram": _histogram(its),
        "risk_coverage": _risk_coverage(its),
    }
    if its.probes is not None:
        charts["probes"] = _flips(its)
    return charts


def _auc(its: Assessment) -> Markup:
    rows = [
        (row.title, row.figures["auc"], SERIES.get(row.name, _OTHERS))
        for row in sorted(its.table, key=lambda row: -row.figures["auc"].value)
    ]
    least = min(0.4, *(figure.low for _, figure, _ in rows))
    description = "AUC with 95 % intervals: " + ", ".join(
        f"{title} {figure.value:.3f}" for title, figure, _ in rows
    )
    return interval_chart(description, rows, (least, 1.0), percent=False, reference=0.5)


def _roc(its: Assessment) -> Markup:
    figures = by_name(its.table, "network").figures
    chart = Chart(
        f"ROC curve of the network, area {figures['auc'].value:.3f}, with its 95 % band, beside "
        "the baselines' curves",
        "share of other clips called sick",
        "share of sick clips found",
    )
    chart.reference([0, 1], [0, 1])
    for name, curve in reversed(its.roc.items()):
        if name == "network":
            chart.band(curve.x, curve.low, curve.high, SERIES[name])
        # The curve rises from the corner; its first point already has a height.
        chart.line([0.0, *curve.x], [0.0, *curve.y], SERIES[name])
    found, left = figures["sensitivity"].value, figures["specificity"].value
    chart.dot(1 - left, found, 0, f"at the threshold: {found:.3f} found, {left:.3f} left alone")
    return chart.svg()


def _precision_recall(its: Assessment) -> Markup:
    figure = by_name(its.table, "network").figures["average_precision"]
    share = its.sick / its.clips
    chart = Chart(
        f"Precision and recall of the network, average precision {figure.value:.3f}, with its 95 % "
        f"band, beside the baselines' curves; always saying sick is right {share:.3f} of the time",
        "share of sick clips found (recall)",
        "share of calls that are right (precision)",
    )
    chart.reference([0, 1], [share, share])
    for name, curve in reversed(its.precision_recall.items()):
        if name == "network":
            chart.band(curve.x, curve.low, curve.high, SERIES[name])
        chart.line(curve.x, curve.y, SERIES[name])
    return chart.svg()


def _reliability(its: Assessment) -> Markup:
    error = by_name(its.table, "network").figures["expected_calibration_error"].value
    chart = Chart(
        "Share labelled sick against predicted probability in ten bins; the mean gap is "
        f"{error:.3f}",
        "predicted probability of being sick",
        "share labelled sick",
    )
    chart.reference([0, 1], [0, 1])
    for its_bin in its.reliability:
        chart.whisker(its_bin.predicted, its_bin.low, its_bin.high, 0)
    chart.line(
        [its_bin.predicted for its_bin in its.reliability],
        [its_bin.observed for its_bin in its.reliability],
        0,
    )
    for its_bin in its.reliability:
        chart.dot(
            its_bin.predicted,
            its_bin.observed,
            0,
            f"{its_bin.answers} answers: predicted {its_bin.predicted:.3f}, "
            f"labelled sick {its_bin.observed:.3f}",
        )
    return chart.svg()


def _histogram(its: Assessment) -> Markup:
    most = max(its_bin.answers for its_bin in its.reliability)
    chart = Chart(
        "How many answers fell in each of ten bins of predicted probability",
        "predicted probability of being sick",
        "answers",
        y_range=(0.0, float(most)),
        percent=False,
    )
    for its_bin in its.reliability:
        left = min(int(its_bin.predicted * 10), 9) / 10
        chart.bar(left, left + 0.1, its_bin.answers, 0, f"{its_bin.answers} answers")
    return chart.svg()


def _risk_coverage(its: Assessment) -> Markup:
    curve = its.risk_coverage
    chart = Chart(
        f"Share of wrong answers against the share of clips answered: {curve.y[-1]:.3f} wrong when "
        f"all are answered, {curve.y[len(curve.y) // 2]:.3f} when the surer half is",
        "share of clips answered, the surest first",
        "share of wrong answers",
        y_range=(0.0, max(0.1, 1.1 * max(curve.high[10:]))),
    )
    chart.band(curve.x, curve.low, curve.high, 0)
    chart.line(curve.x, curve.y, 0)
    return chart.svg()


def _flips(its: Assessment) -> Markup:
    assert its.probes is not None
    rows = [(its.title, its.flips, 0) for its in its.probes.results if its.name != "silence_only"]
    most = max(0.1, *(figure.high for _, figure, _ in rows))
    description = "Share of answers that flip: " + ", ".join(
        f"{title} {figure.value:.3f}" for title, figure, _ in rows
    )
    return interval_chart(description, rows, (0.0, most), percent=True)
