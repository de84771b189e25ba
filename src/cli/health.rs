//! `deskbell health`: asks the bot that runs here how it is, for containers and scripts.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;

use super::{FINE, MEND, output};
use crate::config::Config;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// Longest answer that is read.
const LONGEST: u64 = 64 * 1024;

/// Ask the bot that runs on this machine how it is
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell health
  deskbell health || systemctl restart deskbell

It asks /healthz at `health.listen` of the configuration. Exit code 0: it runs, and its disk takes all; 1: it doesn't.
`deskbell doctor` looks deeper, and needs no running bot.")]
pub(super) struct Health {}

impl Health {
    #[expect(clippy::unused_self, reason = "every command is run alike")]
    pub(super) fn run(self, config: &Config) -> anyhow::Result<u8> {
        let Some(listens) = config.health else {
            bail!("`health.listen` is `off`, so a running bot can't be asked");
        };
        let (status, body) = ask(reachable(listens))
            .with_context(|| format!("no bot answers at {listens}; does `deskbell run` run here?"))?;
        output::print(&format!("{}\n", body.trim()))?;
        Ok(if status == 200 { FINE } else { MEND })
    }
}

/// Where an address that stands for all of the machine's can be reached from here.
fn reachable(listens: SocketAddr) -> SocketAddr {
    let ip = match listens.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listens.port())
}

/// The status and the body of `/healthz`.
fn ask(at: SocketAddr) -> anyhow::Result<(u16, String)> {
    let mut stream = TcpStream::connect_timeout(&at, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(LONGEST).read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.context("what answers there is no deskbell")?;
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    Ok((status, body))
}
