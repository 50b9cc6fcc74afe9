//! Passwords: argon2id hashes, one evaluation at a time, and the same work for every user name.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Semaphore, oneshot};

use super::error::{Result, failed};
use crate::failure::Context;
use crate::platform::random;

/// OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

pub struct Verifier {
    /// To the one thread that evaluates, which ends when this is dropped.
    work: mpsc::Sender<Job>,
    /// One permit for each password that waits or is being evaluated.
    permits: Arc<Semaphore>,
    /// Compared with when there is no user or no password, so that timing does not reveal whether the user exists.
    dummy: Arc<str>,
    evaluations: Arc<AtomicU64>,
}

type Job = Box<dyn FnOnce(&mut Evaluator) + Send>;

/// The result of comparing a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    Wrong,
    Right,
    /// Right, and the stored hash is weaker than the current parameters.
    RightButWeak,
}

/// Too many passwords wait: this one was not checked.
#[derive(Debug)]
pub struct Busy;

impl Verifier {
    pub fn new(waiting_max: usize) -> Result<Verifier> {
        let (work, jobs) = mpsc::channel();
        let evaluations = Arc::<AtomicU64>::default();
        let counted = evaluations.clone();
        std::thread::Builder::new()
            .name("passwords".into())
            .spawn(move || evaluate(&jobs, &counted))
            .context("cannot start the thread that checks passwords")?;
        Ok(Verifier { work, permits: Arc::new(Semaphore::new(waiting_max)), dummy: dummy(), evaluations })
    }

    pub async fn hash(&self, password: SecretString) -> Result<Arc<str>> {
        self.in_turn(move |evaluator| evaluator.hash(password.expose_secret())).await?
    }

    /// Compares `password` with the hash `expected`; `None` matches nothing. It always costs one evaluation. Errors: [`Busy`], without an
    /// evaluation.
    pub async fn verify(&self, password: SecretString, expected: Option<Arc<str>>) -> Result<Match, Busy> {
        let permit = self.permits.clone().try_acquire_owned().map_err(|_| Busy)?;
        let dummy = self.dummy.clone();
        let compared = self.in_turn(move |evaluator| {
            let _permit = permit;
            evaluator.compare(password.expose_secret(), expected.as_deref(), &dummy)
        });
        Ok(compared.await.unwrap_or(Match::Wrong))
    }

    /// How many hashes were computed since the start.
    pub fn evaluations(&self) -> u64 {
        self.evaluations.load(Ordering::Relaxed)
    }

    /// Runs `work` on the evaluating thread. A job whose caller has disconnected is completed if it has begun, and skipped otherwise.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce(&mut Evaluator) -> T + Send + 'static) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |evaluator| {
            if !answer.is_closed() {
                let _ = answer.send(work(evaluator));
            }
        });
        self.work.send(job).map_err(|_| failed("the thread that checks passwords has ended"))?;
        Ok(answered.await.context("a password could not be checked")?)
    }
}

/// One thread for all evaluations bounds their memory to one evaluation's and leaves the other cores free. On the runtime's threads each
/// would leave its 19 MiB with the allocator. The memory is reused while jobs wait, and then freed.
fn evaluate(jobs: &mpsc::Receiver<Job>, evaluations: &AtomicU64) {
    while let Ok(first) = jobs.recv() {
        let mut evaluator = Evaluator { memory: Vec::new(), evaluations };
        for job in std::iter::once(first).chain(jobs.try_iter()) {
            // A panic fails this job only, and its sign-in.
            let _ = catch_unwind(AssertUnwindSafe(|| job(&mut evaluator)));
        }
    }
}

struct Evaluator<'a> {
    memory: Vec<Block>,
    evaluations: &'a AtomicU64,
}

/// A parsed stored hash.
struct Stored {
    argon2: Argon2<'static>,
    is_weak: bool,
    salt: Salt,
    output: Output,
}

impl Evaluator<'_> {
    fn hash(&mut self, password: &str) -> Result<Arc<str>> {
        let salt = Salt::new(&random::bytes::<16>()).expect("a salt's length");
        let output = self.output(&argon2(), password, &salt, Params::DEFAULT_OUTPUT_LEN)?;
        Ok(text(salt, output))
    }

    fn compare(&mut self, password: &str, expected: Option<&str>, dummy: &str) -> Match {
        // An unreadable hash matches no password.
        let expected = expected.and_then(Stored::read);
        let is_readable = expected.is_some();
        let stored = expected.unwrap_or_else(|| Stored::read(dummy).expect("made by this file"));
        let output = self.output(&stored.argon2, password, &stored.salt, stored.output.len());
        // Outputs compare in constant time.
        if !output.is_ok_and(|output| output == stored.output) || !is_readable {
            Match::Wrong
        } else if stored.is_weak {
            Match::RightButWeak
        } else {
            Match::Right
        }
    }

    /// The one evaluation.
    fn output(&mut self, argon2: &Argon2<'_>, password: &str, salt: &Salt, bytes: usize) -> Result<Output> {
        self.evaluations.fetch_add(1, Ordering::Relaxed);
        let blocks = argon2.params().block_count();
        if self.memory.len() < blocks {
            self.memory.resize(blocks, Block::new());
        }
        let mut output = [0; Output::MAX_LENGTH];
        let output = output.get_mut(..bytes).ok_or_else(|| failed("no hash is that long"))?;
        let done = argon2.hash_password_into_with_memory(password.as_bytes(), salt, output, &mut self.memory[..blocks]);
        done.map_err(|error| failed(format!("cannot hash: {error}")))?;
        Output::new(output).map_err(|error| failed(format!("cannot hash: {error}")))
    }
}

/// Passwords leave traces in this memory, so it is wiped before it is freed.
impl Drop for Evaluator<'_> {
    fn drop(&mut self) {
        self.memory.iter_mut().for_each(Zeroize::zeroize);
    }
}

impl Stored {
    fn read(text: &str) -> Option<Stored> {
        let hash = PasswordHash::new(text).ok()?;
        let algorithm = Algorithm::new(hash.algorithm.as_str()).ok()?;
        let version = hash.version.map_or(Ok(Version::V0x13), Version::try_from).ok()?;
        let params = Params::try_from(&hash).ok()?;
        let is_own = algorithm == Algorithm::Argon2id && version == Version::V0x13;
        let is_weak = !is_own || params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES;
        let argon2 = Argon2::new(algorithm, version, params);
        Some(Stored { argon2, is_weak, salt: hash.salt?, output: hash.hash? })
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn text(salt: Salt, output: Output) -> Arc<str> {
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(argon2().params()).expect("parameters that can be written"),
        salt: Some(salt),
        hash: Some(output),
    };
    hash.to_string().into()
}

/// A hash of random bytes, which matches no password. Comparing with it costs as much as with any other.
fn dummy() -> Arc<str> {
    let salt = Salt::new(&random::bytes::<16>()).expect("a salt's length");
    text(salt, Output::new(&random::bytes::<32>()).expect("an output's length"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use tokio::task::JoinSet;

    use super::*;

    /// Promise: Password checks are slow, uniform and bounded
    #[tokio::test]
    async fn one_thread_evaluates_and_survives_a_panic() {
        let verifier = Arc::new(Verifier::new(1).expect("a thread"));
        assert!(verifier.in_turn(|_| panic!("a defect")).await.is_err());
        let mut turns = JoinSet::new();
        for _ in 0..50 {
            let verifier = verifier.clone();
            turns.spawn(async move { verifier.in_turn(|_| std::thread::current().id()).await });
        }
        let threads: HashSet<_> = turns.join_all().await.into_iter().map(|turn| turn.expect("a turn")).collect();
        assert_eq!(threads.len(), 1);
        let hash = verifier.hash("correct horse".into()).await.expect("a hash");
        let (_hash, blocks) =
            verifier.in_turn(|evaluator| (evaluator.hash("x"), evaluator.memory.len())).await.expect("a turn");
        assert_eq!(blocks, MEMORY_KIB as usize);
        assert_eq!(verifier.verify("correct horse".into(), Some(hash)).await.expect("a permit"), Match::Right);
        assert_eq!(verifier.evaluations(), 3);
    }
}
