"""The router: a namespace that forwards between hosts, and the one cable to the controller.

It has no default route, so nothing leaves the lab whatever the rules say.
"""

from lab import layout, network
from lab.shell import run

_ROUTER_SETTINGS = {
    "net/ipv4/ip_forward": "1",
    "net/ipv4/conf/all/send_redirects": "0",
    "net/ipv4/conf/default/send_redirects": "0",
    "net/ipv4/conf/all/rp_filter": "1",
    "net/ipv6/conf/all/disable_ipv6": "1",
    "net/ipv6/conf/default/disable_ipv6": "1",
}


def build() -> None:
    """Make the router and the controller's cable; what is whole is left alone."""
    network.add_namespace(layout.ROUTER)
    network.sysctl(layout.ROUTER, _ROUTER_SETTINGS)
    run(["ip", "-n", layout.ROUTER, "addr", "replace", f"{layout.IMDS}/32", "dev", "lo"])
    if not controller_attached():
        _attach_controller()


def controller_attached() -> bool:
    """Tell whether the controller's cable is whole."""
    here = run(
        ["ip", "-4", "-oneline", "addr", "show", "dev", layout.CONTROLLER_INTERFACE, "up"], check=False
    ).stdout
    routes = run(["ip", "route", "show", "dev", layout.CONTROLLER_INTERFACE], check=False).stdout
    return (
        layout.CONTROLLER in here
        and all(route in routes for route in layout.CONTROLLER_ROUTES)
        and network.interface_addresses(layout.ROUTER, layout.ROUTER_CONTROLLER_INTERFACE)
        == [layout.PUBLIC_GATEWAY]
    )


def _attach_controller() -> None:
    here, there = layout.CONTROLLER_INTERFACE, layout.ROUTER_CONTROLLER_INTERFACE
    run(["ip", "link", "del", here], check=False)
    run(["ip", "-n", layout.ROUTER, "link", "del", there], check=False)
    run(["ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", layout.ROUTER])
    run(
        [
            "ip",
            "-n",
            layout.ROUTER,
            "addr",
            "add",
            layout.PUBLIC_GATEWAY,
            "peer",
            layout.CONTROLLER,
            "dev",
            there,
        ]
    )
    run(["ip", "-n", layout.ROUTER, "link", "set", there, "up"])
    run(["ip", "addr", "add", layout.CONTROLLER, "peer", layout.PUBLIC_GATEWAY, "dev", here])
    run(["ip", "link", "set", here, "up"])
    for route in layout.CONTROLLER_ROUTES:
        run(
            [
                "ip",
                "route",
                "replace",
                route,
                "via",
                layout.PUBLIC_GATEWAY,
                "dev",
                here,
                "src",
                layout.CONTROLLER,
            ]
        )


def remove() -> None:
    """Remove the router and the controller's cable; the routes go with it."""
    run(["ip", "link", "del", layout.CONTROLLER_INTERFACE], check=False)
    network.remove_namespace(layout.ROUTER)
