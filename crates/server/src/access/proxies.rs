//! Which proxies are believed when they say from where a request comes.

use std::net::IpAddr;

use axum::http::HeaderMap;

/// Networks of proxies that are trusted, each by an address and how many of its bits count.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<(IpAddr, u32)>);

impl Proxies {
    /// Reads addresses or networks such as `10.0.0.0/8`; `Err` says which cannot be read.
    pub fn parse(texts: &[String]) -> Result<Proxies, String> {
        let one = |text: &String| {
            let wrong =
                || format!("{text}: is no address or network\n  mend: write it as 10.0.0.5, 10.0.0.0/8 or fd00::/8");
            let (address, bits) =
                text.split_once('/').map_or((text.as_str(), None), |(address, bits)| (address, Some(bits)));
            let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            let bits: u32 = bits.map_or(Ok(most), |bits| bits.trim().parse().map_err(|_| wrong()))?;
            if bits > most { Err(wrong()) } else { Ok((address, bits)) }
        };
        texts.iter().map(one).collect::<Result<_, _>>().map(Proxies)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        // One that listens on IPv6 sees IPv4 within it.
        let address = address.to_canonical();
        let within = |network: &IpAddr, bits: u32| match (network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                same(u32::from(*network).into(), u32::from(address).into(), 32 - bits)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => same(u128::from(*network), u128::from(address), 128 - bits),
            _ => false,
        };
        self.0.iter().any(|(network, bits)| within(network, *bits))
    }

    /// From where a request comes that a peer sends: where the peer is a trusted proxy, the last address of X-Forwarded-For that is none.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        let said = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let said: Vec<&str> = said.flat_map(|value| value.split(',')).map(str::trim).collect();
        for address in said.iter().rev() {
            if !self.trusts(client) {
                break;
            }
            match address.parse() {
                Ok(address) => client = address,
                Err(_) => break,
            }
        }
        client
    }
}

/// What one subscriber has of addresses: of IPv6 the first half.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(whole) => match whole.to_ipv4_mapped() {
            Some(mapped) => IpAddr::V4(mapped),
            None => IpAddr::V6((u128::from(whole) >> 64 << 64).into()),
        },
    }
}

/// Whether two addresses are the same but for their last bits.
fn same(one: u128, other: u128, last: u32) -> bool {
    one.checked_shr(last).unwrap_or(0) == other.checked_shr(last).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_says_from_where_a_request_comes() {
        let proxies = Proxies::parse(&["10.0.0.0/8".into(), "fd00::7".into()]).unwrap();
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "198.51.100.9, 203.0.113.5".parse().unwrap());
        headers.append("x-forwarded-for", "10.1.2.3".parse().unwrap());
        let from = |peer: &str| proxies.client(peer.parse().unwrap(), &headers).to_string();
        assert_eq!(from("10.9.9.9"), "203.0.113.5", "what stands before it the client wrote itself");
        assert_eq!(
            (from("fd00::7"), from("fd00::8"), from("192.0.2.1")),
            ("203.0.113.5".into(), "fd00::8".into(), "192.0.2.1".into())
        );
        assert_eq!(from("::ffff:10.9.9.9"), "203.0.113.5", "one that listens on IPv6 sees IPv4 so");
        // Whoever has a network of IPv6 is one, however many addresses that has.
        let of = |address: &str| network(address.parse().unwrap()).to_string();
        assert_eq!((of("2001:db8::1"), of("2001:db8:0:0:ffff::9")), ("2001:db8::".into(), "2001:db8::".into()));
        assert_eq!((of("2001:db8:0:1::1"), of("::ffff:192.0.2.1")), ("2001:db8:0:1::".into(), "192.0.2.1".into()));
        assert_eq!(Proxies::default().client("10.9.9.9".parse().unwrap(), &headers).to_string(), "10.9.9.9");
        assert!(Proxies::parse(&["0.0.0.0/0".into()]).unwrap().trusts("192.0.2.1".parse().unwrap()));
        for wrong in ["10.0.0.0/33", "proxy", "", "fd00::/129"] {
            assert!(Proxies::parse(&[wrong.into()]).unwrap_err().contains("mend"), "{wrong}");
        }
    }
}
