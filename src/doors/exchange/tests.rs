//! Both ends of an exchange without a session.

use std::future::poll_fn;

use super::*;

fn clock() -> Clock {
    Clock::system()
}

fn message() -> Message {
    Message::apart("get_session_info", Bytes::from_static(b"{}"))
}

/// The next message that the session's end receives.
async fn taken(connection: &mut ExchangeConnection) -> Message {
    let received = poll_fn(|context| connection.poll_receive(context)).await.expect("an exchange does not fail");
    assert_eq!(received, 1);
    connection.next_message().expect("a message").expect("one that was received").0
}

fn id_of(message: &Message) -> Id {
    match &message.envelope {
        crate::wire::message::Envelope::Apart(apart) => apart.id.clone().expect("the exchange numbers it"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn answers_find_their_requests_in_any_order() {
    let (exchange, mut connection, _outbound) = exchange(clock(), 8, Usage::Alone);
    connection.set_message_bytes_max(64);
    let one = exchange.send(message()).await.expect("sent");
    let two = exchange.send(message()).await.expect("sent");
    let first = taken(&mut connection).await;
    let second = taken(&mut connection).await;
    connection.answer(Some(id_of(&second)), b"2\n".to_vec());
    connection.answer(Some(id_of(&first)), b"1\n".to_vec());
    assert_eq!(one.answer().await.expect("an answer").line(), "1\n");
    assert_eq!(two.answer().await.expect("an answer").line(), "2\n");
}

#[tokio::test]
async fn an_answer_is_unread_until_passed_on() {
    let (exchange, mut connection, _outbound) = exchange(clock(), 8, Usage::Alone);
    connection.set_message_bytes_max(64);
    let pending = exchange.send(message()).await.expect("sent");
    let id = id_of(&taken(&mut connection).await);
    connection.answer(Some(id), b"12345\n".to_vec());
    let mut answer = pending.answer().await.expect("an answer");
    assert!(connection.is_pending());
    answer.pass_on(4);
    assert_eq!(poll_fn(|context| connection.poll_send(context)).await.expect("credits"), 4);
    assert!(connection.is_pending());
    drop(answer);
    assert_eq!(poll_fn(|context| connection.poll_send(context)).await.expect("credits"), 2);
    assert!(!connection.is_pending());
}

#[tokio::test]
async fn a_message_that_no_session_took_comes_back() {
    let (exchange, connection, _outbound) = exchange(clock(), 8, Usage::Alone);
    let pending = exchange.send(message()).await.expect("sent");
    drop(connection);
    assert!(pending.answer().await.is_err(), "it may be sent again");
    assert!(exchange.send(message()).await.is_err());
}

#[tokio::test]
async fn a_lost_message_is_not_repeated() {
    let (exchange, mut connection, _outbound) = exchange(clock(), 8, Usage::Alone);
    let pending = exchange.send(message()).await.expect("sent");
    taken(&mut connection).await;
    drop(connection);
    let answer = pending.answer().await.expect("an answer");
    assert!(String::from_utf8_lossy(answer.line()).contains("outcome_unknown"));
}

#[tokio::test]
async fn a_message_beyond_the_limit_becomes_a_refusal() {
    let (exchange, mut connection, _outbound) = exchange(clock(), 8, Usage::Alone);
    connection.set_message_bytes_max(1);
    let _pending = exchange.send(message()).await.expect("sent");
    let taken = taken(&mut connection).await;
    let refused = matches!(&taken.envelope, crate::wire::message::Envelope::Refused { refusal, .. }
        if refusal.code == Code::LineTooLong);
    assert!(refused, "{taken:?}");
}

#[tokio::test]
async fn an_exchange_that_is_asked_nothing_closes() {
    let (exchange, mut connection, _outbound) = exchange(clock(), 8, Usage::Shared { idle: Duration::ZERO });
    let ended = poll_fn(|context| connection.poll_receive(context)).await.expect("an exchange does not fail");
    assert_eq!(ended, 0);
    assert!(exchange.is_closed());
}
