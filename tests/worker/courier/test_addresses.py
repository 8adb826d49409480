"""No address but a public one, in whatever clothes; the allow-list opens what it names."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.courier.addresses import AllowList, is_public

IPV4 = st.ip_addresses(v=4)
IPV6 = st.ip_addresses(v=6)
NOBODY = AllowList([])


@given(IPV4 | IPV6)
def test_what_python_knows_to_be_special_is_refused(address: IPv4Address | IPv6Address) -> None:
    special = (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )
    assert not (special and is_public(address))


@given(IPV4)
def test_no_ipv4_address_hides_in_an_ipv6_one(address: IPv4Address) -> None:
    value = int(address)
    hidden = {
        "compatible": value,
        "mapped": 0xFFFF << 32 | value,
        "translated": 0xFFFF << 48 | value,
        "NAT64": 0x64FF9B << 96 | value,
        "local NAT64": 0x64FF9B << 96 | 1 << 80 | value,
        "6to4": 0x2002 << 112 | value << 80,
        "Teredo": 0x20010000 << 96 | (value ^ 0xFFFFFFFF),
    }
    assert [name for name, it in hidden.items() if is_public(IPv6Address(it))] == []


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_these_are_refused(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450::1"],
)
def test_these_are_called(address: str) -> None:
    assert is_public(ip_address(address))


@given(IPV4 | IPV6)
def test_the_allow_list_opens_what_it_names_and_no_more(
    address: IPv4Address | IPv6Address,
) -> None:
    opened = AllowList(["hooks.intranet", "10.0.0.0/8", "fd00::/8", str(address)])

    assert opened.permits("anything", address)
    assert AllowList(["hooks.intranet"]).permits("HOOKS.intranet.", address)
    assert AllowList(["hooks.intranet"]).permits("evil-hooks.intranet", address) == is_public(
        address
    )
    assert NOBODY.permits("hooks.intranet", address) == is_public(address)


def test_a_network_opens_its_addresses() -> None:
    opened = AllowList(["10.0.0.0/8", "fd00::/8"])

    assert opened.permits("a", ip_address("10.9.8.7"))
    assert opened.permits("a", ip_address("fd12::1"))
    for closed in ("11.0.0.0", "127.0.0.1", "::ffff:10.9.8.7", "fe80::1"):
        assert opened.permits("a", ip_address(closed)) == (closed == "11.0.0.0")
