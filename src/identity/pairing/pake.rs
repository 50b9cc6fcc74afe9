//! Mutual proof of knowing the same code without revealing it (PAKE): OPAQUE, RFC 9807, bound to the TLS connection.
//!
//! A man in the middle has two connections, whose exporters differ: then both ends refuse, whatever it forwards. An attacker without
//! the code can test one code with each exchange, and none offline.

use argon2::Argon2;
use opaque_ke::generic_array::{ArrayLength, GenericArray};
use opaque_ke::ksf::Ksf;
use opaque_ke::rand::{CryptoRng, Error, RngCore};
use opaque_ke::{
    CipherSuite, ClientLogin, ClientLoginFinishParameters, ClientRegistration, ClientRegistrationFinishParameters,
    CredentialFinalization, CredentialRequest, CredentialResponse, Identifiers, Ristretto255, ServerLogin,
    ServerLoginParameters, ServerRegistration, ServerSetup, TripleDh, errors::InternalError,
};
use sha2::Sha512;

use super::code::Code;
use crate::identity::error::{Result, failed};

/// RFC 9807's first recommendation, with argon2id at OWASP's minimum as for passwords.
struct Suite;

impl CipherSuite for Suite {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, Sha512>;
    type Ksf = KeyStretching;
}

#[derive(Default)]
struct KeyStretching;

impl Ksf for KeyStretching {
    fn hash<L: ArrayLength<u8>>(&self, input: GenericArray<u8, L>) -> Result<GenericArray<u8, L>, InternalError> {
        let mut output = GenericArray::default();
        // The salt is the key of the oblivious function that `input` comes from: it is new for each code.
        let stretched = Argon2::default().hash_password_into(&input, &[0; argon2::RECOMMENDED_SALT_LEN], &mut output);
        stretched.map(|()| output).map_err(|_| InternalError::KsfError)
    }
}

/// The credential identifier: there is one code at a time.
const CREDENTIAL: &[u8] = b"code";

/// The gateway's record of a code. Recovering the code from it takes a search of all codes.
pub struct Record {
    setup: ServerSetup<Suite>,
    registration: ServerRegistration<Suite>,
}

impl Record {
    /// Creates the record; it costs one evaluation of argon2.
    pub fn of(code: &Code) -> Result<Record> {
        let unmade = |error| failed(format!("cannot create the record of a code: {error}"));
        let random = &mut SystemRandom;
        let code = code.expose().as_bytes();
        let setup = ServerSetup::<Suite>::new(random);
        let started = ClientRegistration::<Suite>::start(random, code).map_err(unmade)?;
        let answer = ServerRegistration::start(&setup, started.message, CREDENTIAL).map_err(unmade)?;
        let parameters = ClientRegistrationFinishParameters::default();
        let finished = started.state.finish(random, code, answer.message, parameters).map_err(unmade)?;
        Ok(Record { setup, registration: ServerRegistration::finish(finished.message) })
    }

    /// Answers a device's first message. The answer lets an attacker test one code, so it counts as an attempt.
    pub fn challenge(&self, hello: Hello, exporter: &[u8; 32]) -> Option<(Challenge, Vec<u8>)> {
        let registration = Some(self.registration.clone());
        let binding = *exporter;
        let bound = bound(&binding);
        let login =
            ServerLogin::start(&mut SystemRandom, &self.setup, registration, hello.0, CREDENTIAL, bound).ok()?;
        let message = login.message.serialize().to_vec();
        Some((Challenge { login: login.state, binding }, message))
    }
}

/// A device's first message: two points of the group, neither of which is the identity.
pub struct Hello(CredentialRequest<Suite>);

impl Hello {
    /// `None`: the bytes are no such message, so no code can be tested with them.
    pub fn read(bytes: &[u8]) -> Option<Hello> {
        let request = CredentialRequest::deserialize(bytes).ok()?;
        // The library ignores what follows a message.
        (request.serialize()[..] == *bytes).then_some(Hello(request))
    }
}

/// The gateway's state of an exchange that waits for the device's proof.
pub struct Challenge {
    login: ServerLogin<Suite>,
    binding: [u8; 32],
}

impl Challenge {
    /// Whether the device knows the code and is the other end of this connection.
    pub fn is_met_by(self, proof: &[u8]) -> bool {
        let proof = CredentialFinalization::deserialize(proof);
        proof.is_ok_and(|proof| self.login.finish(proof, bound(&self.binding)).is_ok())
    }
}

/// The device's state of an exchange.
pub struct Device {
    code: Code,
    login: ClientLogin<Suite>,
}

impl Device {
    /// Starts with a code; returns the first message.
    pub fn begin(code: Code) -> Result<(Device, Vec<u8>)> {
        let started = ClientLogin::<Suite>::start(&mut SystemRandom, code.expose().as_bytes());
        let started = started.map_err(|error| failed(format!("cannot begin: {error}")))?;
        Ok((Device { code, login: started.state }, started.message.serialize().to_vec()))
    }

    /// Checks that the gateway knows the code and is the other end of this connection, and returns the device's proof. It costs one
    /// evaluation of argon2. `None`: another code, or a man in the middle.
    pub fn prove(self, challenge: &[u8], exporter: &[u8; 32]) -> Option<Vec<u8>> {
        let response = CredentialResponse::deserialize(challenge).ok()?;
        let parameters = ClientLoginFinishParameters::new(Some(exporter), Identifiers::default(), None);
        let code = self.code.expose().as_bytes();
        let finished = self.login.finish(&mut SystemRandom, code, response, parameters).ok()?;
        Some(finished.message.serialize().to_vec())
    }
}

fn bound(exporter: &[u8; 32]) -> ServerLoginParameters<'_, '_> {
    ServerLoginParameters { context: Some(exporter), identifiers: Identifiers::default() }
}

/// The system's source of randomness, as OPAQUE takes it.
struct SystemRandom;

impl RngCore for SystemRandom {
    fn next_u32(&mut self) -> u32 {
        u32::from_ne_bytes(crate::platform::random::bytes())
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_ne_bytes(crate::platform::random::bytes())
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes
            .chunks_mut(32)
            .for_each(|chunk| chunk.copy_from_slice(&crate::platform::random::bytes::<32>()[..chunk.len()]));
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for SystemRandom {}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPORTER: [u8; 32] = [1; 32];
    const OTHER_EXPORTER: [u8; 32] = [2; 32];

    fn read(hello: &[u8]) -> Hello {
        Hello::read(hello).expect("a first message")
    }

    /// How far an exchange comes: refused by the device, refused by the gateway, or neither.
    fn exchange(gateways: &str, devices: &str, gateways_end: [u8; 32], devices_end: [u8; 32]) -> Option<bool> {
        let record = Record::of(&Code::read(gateways).expect("a code")).expect("a record");
        let (device, hello) = Device::begin(Code::read(devices).expect("a code")).expect("a device");
        let (challenge, message) = record.challenge(read(&hello), &gateways_end).expect("a first message");
        device.prove(&message, &devices_end).map(|proof| challenge.is_met_by(&proof))
    }

    #[test]
    fn the_code_is_proved_on_its_own_connection() {
        assert_eq!(exchange("12345678", "12345678", EXPORTER, EXPORTER), Some(true));
    }

    /// Promise: A pairing offer admits one device
    #[test]
    fn a_device_detects_another_code_or_connection() {
        assert_eq!(exchange("12345678", "12345679", EXPORTER, EXPORTER), None);
        assert_eq!(exchange("12345678", "12345678", EXPORTER, OTHER_EXPORTER), None);
    }

    #[test]
    fn the_gateway_rejects_proofs_of_other_exchanges() {
        let code = || Code::read("12345678").expect("a code");
        let record = Record::of(&code()).expect("a record");
        let (device, hello) = Device::begin(code()).expect("a device");
        let (_, message) = record.challenge(read(&hello), &EXPORTER).expect("a first message");
        let proof = device.prove(&message, &EXPORTER).expect("the right code");
        let again = || record.challenge(read(&hello), &EXPORTER).expect("a first message").0;
        assert!(!again().is_met_by(&proof), "a proof is for one challenge");
        for bad in [&proof[1..], &[], &[0; 64], &message] {
            assert!(!again().is_met_by(bad));
        }
        for bad in [&hello[1..], &[], &[0; 96], &[0xff; 96]] {
            assert!(Hello::read(bad).is_none());
        }
    }
}
