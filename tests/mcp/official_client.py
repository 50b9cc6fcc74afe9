"""What people's MCP clients do, done by the official Python client: over stdio, and over HTTP with a token."""

import asyncio
import json
import os
import sys

import httpx2
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client


async def walk(session, caller):
    """Look, change, be refused, follow; each answer is checked."""
    await session.initialize()
    tools = {tool.name: tool for tool in (await session.list_tools()).tools}
    assert {"find_actions", "run_read", "run_destructive", "set_tempo"} <= set(tools), sorted(tools)
    assert tools["run_read"].annotations.read_only_hint
    assert tools["run_destructive"].annotations.destructive_hint
    whoami = await session.call_tool("run_read", {"action": "whoami"})
    assert whoami.structured_content["caller"] == caller, whoami
    done = await session.call_tool("set_tempo", {"bpm": 121})
    assert done.structured_content["bpm"] == 121 and not done.is_error, done
    refused = await session.call_tool("set_tempo", {"bpm": 5000})
    assert refused.is_error and refused.structured_content["code"] == "invalid_params", refused
    waits = await session.call_tool("run_destructive", {"action": "delete_track", "parameters": {"track_index": 0}})
    assert waits.is_error and waits.structured_content["code"] == "approval_pending", waits
    found = await session.call_tool("find_actions", {"query": "loop"})
    assert found.structured_content["actions"], found
    resources = {str(resource.uri) for resource in (await session.list_resources()).resources}
    assert resources == {"livegate://guide", "live://set"}, resources
    guide = (await session.read_resource("livegate://guide")).contents[0].text
    assert "approval_pending" in guide
    track = json.loads((await session.read_resource("live://tracks/0")).contents[0].text)
    assert track["ok"] and "volume" in track, track


async def over_stdio(program, state_dir):
    """The command of an agent's configuration."""
    server = StdioServerParameters(command=program, args=["mcp", "--state-dir", state_dir], env=dict(os.environ))
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await walk(session, "agent")


async def over_http(url, token):
    """Streamable HTTP, as an agent elsewhere uses it."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers) as http:
        async with streamable_http_client(url, http_client=http) as streams, ClientSession(*streams[:2]) as session:
            await walk(session, "assistant")


async def main():
    """Both, one after the other."""
    program, state_dir, url, token = sys.argv[1:]
    await over_stdio(program, state_dir)
    await over_http(url, token)
    print("done")


asyncio.run(main())
