//! Translates between `rmcp` and a [`Host`].

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use rmcp::ServerHandler;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, DiscoverResult, ErrorCode,
    ErrorData, Implementation, InitializeRequestParams, InitializeResult, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ProgressNotificationParam, ProtocolVersion,
    ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, Resource, ResourceContents, ResourceTemplate,
    ResourceUpdatedNotificationParam, ServerCapabilities, ServerConfig, SubscribeRequestParams, SubscriptionFilter,
    Tool, ToolAnnotations, UnsubscribeRequestParams,
};
use rmcp::service::{RequestContext, RoleServer, SubscriptionContext};
use serde_json::{Map, Value};
use tokio::task::AbortHandle;

use crate::host::{self, Arguments, Call, Effect, Failure, Host, Progress, Withdrawal};

/// The versions that are served. In older ones tools have no annotations or structured results.
const VERSIONS: &[ProtocolVersion] =
    &[ProtocolVersion::V_2025_06_18, ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28];

/// How a connection carries messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// Each request by itself.
    Http,
    /// Both ways, as long as the client stays.
    Stream,
}

pub struct Server {
    pub host: Arc<dyn Host>,
    pub carrier: Carrier,
    /// Who forwards the updates of a followed resource, by its URI.
    followed: Mutex<HashMap<String, AbortHandle>>,
}

impl Server {
    pub fn new(host: Arc<dyn Host>, carrier: Carrier) -> Server {
        Server { host, carrier, followed: Mutex::default() }
    }

    /// Whether the client can take this request back: on a stream by saying so; over HTTP, since 2026-07-28, by closing the response.
    fn withdrawal(&self, context: &RequestContext<RoleServer>) -> Withdrawal {
        let is_stateless = context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
        if self.carrier == Carrier::Stream || is_stateless {
            Box::pin(context.ct.clone().cancelled_owned())
        } else {
            Box::pin(std::future::pending())
        }
    }

    fn forget(&self, uri: &str) {
        let forwarding = self.followed.lock().unwrap_or_else(PoisonError::into_inner).remove(uri);
        forwarding.iter().for_each(AbortHandle::abort);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let followed = self.followed.get_mut().unwrap_or_else(PoisonError::into_inner);
        followed.values().for_each(AbortHandle::abort);
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_resources().enable_resources_subscribe();
        let implementation = Implementation::new("livegate", env!("CARGO_PKG_VERSION")).with_title("livegate");
        let info = InitializeResult::new(capabilities.build()).with_server_info(implementation);
        info.with_instructions(self.host.instructions())
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(VERSIONS)
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        context.peer.set_peer_info(request.clone());
        let mut result = self.negotiate_initialize(&request)?;
        if let (Carrier::Http, Some(resources)) = (self.carrier, &mut result.capabilities.resources) {
            // Nothing could be sent to a client that has no connection.
            resources.subscribe = None;
        }
        Ok(result)
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let found = DiscoverResult::from_server_info(VERSIONS.to_vec(), self.get_info());
        Ok(found.with_cache_scope(CacheScope::Private).with_ttl_ms(0))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = self.host.tools().await.map_err(error)?;
        let listed = ListToolsResult::with_all_items(tools.into_iter().map(tool).collect());
        Ok(listed.with_cache_scope(CacheScope::Private).with_ttl_ms(0))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let call = Call {
            tool: request.name.into_owned(),
            arguments: arguments(&context),
            withdrawal: self.withdrawal(&context),
            progress: progress(&context),
        };
        let answer = self.host.call(call).await;
        Ok(CallToolResponse::Complete(result(answer)))
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let resources = self.host.resources().await.map_err(error)?;
        let single = resources.into_iter().filter(|resource| !resource.uri.contains('{'));
        let listed = ListResourcesResult::with_all_items(single.map(resource).collect());
        Ok(listed.with_cache_scope(CacheScope::Private).with_ttl_ms(0))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let resources = self.host.resources().await.map_err(error)?;
        let many = resources.into_iter().filter(|resource| resource.uri.contains('{'));
        let listed = ListResourceTemplatesResult::with_all_items(many.map(template).collect());
        Ok(listed.with_cache_scope(CacheScope::Private).with_ttl_ms(0))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let content = self.host.read(request.uri.clone()).await.map_err(error)?;
        let contents = ResourceContents::text(content.text, request.uri).with_mime_type(content.mime_type);
        let read = ReadResourceResult::new(vec![contents]).with_cache_scope(CacheScope::Private).with_ttl_ms(0);
        Ok(ReadResourceResponse::Complete(read))
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        let uris = requested.resource_subscriptions.iter().flatten();
        let uris: Vec<String> = uris.filter(|uri| self.host.can_follow(uri)).cloned().collect();
        Some(SubscriptionFilter::builder().resource_subscriptions(uris).build())
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let uris = context.accepted().resource_subscriptions.clone().unwrap_or_default();
        if uris.is_empty() {
            context.cancelled().await;
            return Ok(());
        }
        let mut updates = self.host.follow(uris).await.map_err(error)?;
        loop {
            let uri = tokio::select! {
                uri = updates.recv() => uri,
                () = context.cancelled() => return Ok(()),
            };
            let Some(uri) = uri else { return Ok(()) };
            if context.sink().notify_resource_updated(uri).await.is_err() {
                return Ok(());
            }
        }
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if self.carrier == Carrier::Http {
            let message = "this connection carries no notifications; use protocol version 2026-07-28 or livegate mcp";
            return Err(ErrorData::invalid_request(message, None));
        }
        let uri = request.uri;
        let mut updates = self.host.follow(vec![uri.clone()]).await.map_err(error)?;
        let peer = context.peer.clone();
        let forwarding = tokio::spawn(async move {
            while let Some(uri) = updates.recv().await {
                if peer.notify_resource_updated(ResourceUpdatedNotificationParam::new(uri)).await.is_err() {
                    return;
                }
            }
        });
        self.forget(&uri);
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        followed.insert(uri, forwarding.abort_handle());
        Ok(())
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.forget(&request.uri);
        Ok(())
    }
}

/// The arguments of a call, which came beside the message that `rmcp` read.
fn arguments(context: &RequestContext<RoleServer>) -> Arguments {
    let of_request = || context.extensions.get::<http::request::Parts>()?.extensions.get::<Arguments>().cloned();
    let arguments = context.extensions.get::<Arguments>().cloned().or_else(of_request);
    arguments.unwrap_or_else(|| Arguments(Bytes::from_static(b"{}")))
}

fn progress(context: &RequestContext<RoleServer>) -> Option<Progress> {
    let token = context.meta.get_progress_token()?;
    let peer = context.peer.clone();
    Some(Box::new(move |count, message| {
        let peer = peer.clone();
        let token = token.clone();
        Box::pin(async move {
            #[expect(clippy::cast_precision_loss, reason = "a count of seconds")]
            let param = ProgressNotificationParam::new(token, count as f64).with_message(message);
            let _ = peer.notify_progress(param).await;
        })
    }))
}

fn result(answer: host::Answer) -> CallToolResult {
    let text = ContentBlock::text(answer.value.to_string());
    let mut result =
        if answer.is_error { CallToolResult::error(vec![text]) } else { CallToolResult::success(vec![text]) };
    result.structured_content = Some(answer.value);
    result
}

fn error(failure: Failure) -> ErrorData {
    ErrorData::new(code(failure.code), failure.message.clone(), Some(data(&failure)))
}

/// What an error says beside its message.
pub fn data(failure: &Failure) -> Value {
    let mut data = failure.data.as_object().cloned().unwrap_or_default();
    data.insert("code".to_owned(), failure.code.into());
    Value::Object(data)
}

/// JSON-RPC's code for one of the gateway's.
pub fn code(code: &str) -> ErrorCode {
    match code {
        "invalid_json" | "line_too_long" => ErrorCode::PARSE_ERROR,
        "invalid_params" | "unknown_action" => ErrorCode::INVALID_PARAMS,
        "internal" => ErrorCode::INTERNAL_ERROR,
        _ => ErrorCode(-32000),
    }
}

fn tool(tool: host::Tool) -> Tool {
    let schema: Map<String, Value> = tool.schema.as_object().cloned().unwrap_or_default();
    let hints = ToolAnnotations::new().open_world(false);
    let hints = match tool.effect {
        Effect::Reads => hints.read_only(true).destructive(false).idempotent(true),
        Effect::Changes => hints.read_only(false).destructive(false).idempotent(false),
        Effect::Sets => hints.read_only(false).destructive(false).idempotent(true),
        Effect::Destroys => hints.read_only(false).destructive(true).idempotent(false),
    };
    Tool::new(tool.name, tool.description, Arc::new(schema)).with_annotations(hints)
}

fn resource(resource: host::Resource) -> Resource {
    let described = Resource::new(resource.uri, resource.name).with_description(resource.description);
    described.with_mime_type(resource.mime_type)
}

fn template(resource: host::Resource) -> ResourceTemplate {
    let described = ResourceTemplate::new(resource.uri, resource.name).with_description(resource.description);
    described.with_mime_type(resource.mime_type)
}
