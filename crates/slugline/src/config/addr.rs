//! Addresses in settings.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Returns the address to listen on; a port alone is one of the loopback interface.
pub(super) fn http_addr(addr: &str) -> Option<SocketAddr> {
    let port = || Some(SocketAddr::from((Ipv4Addr::LOCALHOST, addr.parse().ok()?)));
    addr.parse().ok().or_else(port)
}

/// Returns whether `host[:port]` is on this machine.
pub(super) fn is_loopback(authority: &str) -> bool {
    let authority = authority.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_stays_on_this_machine_unless_told_otherwise() {
        let check = |addr: &str, expect: Option<&str>| {
            assert_eq!(http_addr(addr).map(|addr| addr.to_string()).as_deref(), expect);
        };
        check("9464", Some("127.0.0.1:9464"));
        check("0.0.0.0:9464", Some("0.0.0.0:9464"));
        check("", None);
        check(":9464", None);
        check("70000", None);
    }
}
