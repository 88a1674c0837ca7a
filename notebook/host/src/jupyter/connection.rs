//! The connection file, and the sockets it names.

use std::path::Path;

use serde_json::Value;
use zeromq::Socket;

/// What the connection file says.
pub struct Connection {
    address: String,
    ports: Value,
    /// Key of the signatures; empty where messages are not signed.
    pub key: String,
}

impl Connection {
    pub fn read(path: &Path) -> Result<Self, String> {
        let wrong = |reason: String| format!("the connection file {}: {reason}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let file: Value = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let field = |name: &str| {
            file[name]
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| wrong(format!("no {name:?} in it")))
        };
        let (transport, ip) = (field("transport")?, field("ip")?);
        if transport != "tcp" {
            return Err(wrong(format!("its transport is {transport:?}, expected \"tcp\"")));
        }
        let scheme = file["signature_scheme"].as_str().unwrap_or("hmac-sha256");
        if scheme != "hmac-sha256" {
            return Err(wrong(format!("signed by {scheme:?}, expected \"hmac-sha256\"")));
        }
        let key = file["key"].as_str().unwrap_or_default().to_owned();
        Ok(Self { address: format!("{transport}://{ip}"), ports: file, key })
    }

    /// A socket of a kind on the port of a name.
    pub async fn bind<S: Socket>(&self, name: &str) -> Result<S, String> {
        let port = self.ports[name]
            .as_u64()
            .and_then(|port| u16::try_from(port).ok())
            .ok_or_else(|| format!("the connection file has no {name:?} that is a port"))?;
        let mut socket = S::new();
        let endpoint = format!("{}:{port}", self.address);
        socket
            .bind(&endpoint)
            .await
            .map_err(|error| format!("cannot listen on {endpoint} ({name}): {error}"))?;
        Ok(socket)
    }
}
