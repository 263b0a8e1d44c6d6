using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Peft.Declarative.Serving.Tests;

/// <summary>What the protocol promises beside good answers: limits, refusals in words, and adapters that come and go.</summary>
public sealed class ProtocolTests : IAsyncLifetime
{
    private readonly PersonaFolder _folder = new("captain", "poet");
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(_folder["broken"]);
        File.WriteAllText(Path.Combine(_folder["broken"], "adapter_config.json"), "{");
        Directory.CreateDirectory(_folder["no good name"]);
        _server = await TestServer.StartAsync(_folder, options =>
        {
            options.ApiKeys.Add("secret");
            options.AllowAdapterUpdates = true;
            options.MaxBodyBytes = 8_192;
        });
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("""{"messages": []}""", "'messages' must have at least one message; 'model' must name a model")]
    [InlineData("""{"model": "captain", "messages": [{"role": "user", "content": "hi"}], "temperature": 3}""", "'temperature' must be a number from 0 to 2")]
    [InlineData("""{"model": "captain", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 0, "n": 100}""", "'max_tokens' must be a whole number from 1 to 1024; 'n' must be")]
    [InlineData("""{"model": "captain", "messages": [{"role": "user", "content": "hi"}], "response_format": {"type": "json_object"}}""", "'response_format' asks for a form")]
    [InlineData("""{"model": "captain", "messages": [{"role": "user", "content": "hi"}], "top_logprobs": 3}""", "'top_logprobs' needs 'logprobs' to be true")]
    [InlineData("""{"model": "captain", "messages": "hi"}""", "'messages' must be a list")]
    [InlineData("""{"model": "captain", "model": "poet", "messages": [{"role": "user", "content": "hi"}]}""", "The body is no JSON object")]
    [InlineData("""["captain"]""", "The body is no JSON object")]
    [InlineData("""{""", "The body is no JSON object")]
    public async Task Chat_ThatIsWrong_Is400AndNamesEveryField(string json, string words)
    {
        (int status, JsonNode? body) = await _server.PostAsync("v1/chat/completions", json, "secret");

        Assert.Equal(400, status);
        Assert.Contains(words, body!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("invalid_request_error", body["error"]!["type"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("secre")]
    [InlineData("secret2")]
    public async Task Request_WithoutAValidKey_Is401(string? key)
    {
        (int status, JsonNode? body) = await _server.PostAsync("v1/chat/completions", "{}", key);

        Assert.Equal(401, status);
        Assert.Equal("invalid_api_key", body!["error"]!["code"]!.GetValue<string>());
        using HttpResponseMessage models = await _server.Http.GetAsync("v1/models");
        Assert.Equal(HttpStatusCode.Unauthorized, models.StatusCode);
    }

    [Fact]
    public async Task Request_ThatIsTooLarge_Is413()
    {
        (int status, _) = await _server.PostAsync("v1/chat/completions", new string(' ', 9_000), "secret");

        Assert.Equal(413, status);
    }

    [Theory]
    [InlineData("completions", "")]
    [InlineData("completions", ", \"stream\": true, \"echo\": true")]
    [InlineData("chat/completions", "")]
    [InlineData("chat/completions", ", \"stream\": true, \"n\": 2")]
    public async Task Prompt_LongerThanTheModelReads_Is400(string path, string further)
    {
        string text = string.Concat(Enumerable.Repeat("Lily saw a big ball. ", 120));

        (int status, JsonNode? body) = await _server.PostAsync(
            "v1/" + path, $$"""{"model": "captain", "prompt": "{{text}}", "messages": [{"role": "user", "content": "{{text}}"}]{{further}}}""", "secret");

        Assert.Equal(400, status);
        Assert.Equal("context_length_exceeded", body!["error"]!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Completion_WithSeedNAndStop_KeepsToThem()
    {
        const string Json = """{"model": "poet", "prompt": "Once upon a time", "max_tokens": 8, "temperature": 1, "seed": 7, "n": 3, "echo": true}""";

        (_, JsonNode? first) = await _server.PostAsync("v1/completions", Json, "secret");
        (_, JsonNode? second) = await _server.PostAsync("v1/completions", Json, "secret");

        string[] texts = [.. first!["choices"]!.AsArray().Select(choice => choice!["text"]!.GetValue<string>())];
        Assert.Equal(texts, second!["choices"]!.AsArray().Select(choice => choice!["text"]!.GetValue<string>()));
        Assert.Equal(3, texts.Distinct().Count());
        Assert.All(texts, text => Assert.StartsWith("Once upon a time", text, StringComparison.Ordinal));

        string stop = texts[0]["Once upon a time".Length..].Trim()[..2];
        (_, JsonNode? stopped) = await _server.PostAsync("v1/completions", Json.Replace("\"echo\": true", $"\"stop\": {JsonValue.Create(stop)!.ToJsonString()}", StringComparison.Ordinal), "secret");
        Assert.DoesNotContain(stop, stopped!["choices"]![0]!["text"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("stop", stopped["choices"]![0]!["finish_reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Health_NamesAdaptersThatAreNotServed()
    {
        JsonNode health = JsonNode.Parse((await _server.GetAsync("health", "secret")).Text)!;

        Assert.Equal("degraded", health["status"]!.GetValue<string>());
        Assert.Equal(["broken", "no good name"], health["not_served"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal(2, health["personas"]!.GetValue<int>());
    }

    [Fact]
    public async Task Request_ForABrokenAdapter_Is503AndServesTheOthers()
    {
        Assert.Equal(503, (await Ask("broken")).Status);
        Assert.Equal(404, (await Ask("no good name")).Status);
        Assert.Equal(200, (await Ask("poet")).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("other")]
    public async Task Health_WithoutAValidKey_SaysOnlyWhetherAllIsWell(string? key) =>
        Assert.Equal((200, """{"status":"degraded"}"""), await _server.GetAsync("health", key));

    [Theory]
    [InlineData(null)]
    [InlineData("other")]
    public async Task Metrics_WithoutAValidKey_Are401(string? key)
    {
        (int status, string text) = await _server.GetAsync("metrics", key);

        Assert.Equal(401, status);
        Assert.DoesNotContain("peft_", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_CountTokensByPersona()
    {
        await _server.PostAsync("v1/completions", """{"model": "poet", "prompt": "hello", "max_tokens": 5, "temperature": 0}""", "secret");

        (int status, string metrics) = await _server.GetAsync("metrics", "secret");

        Assert.Equal(200, status);        Assert.Contains("peft_tokens", metrics, StringComparison.Ordinal);
        Assert.Contains("poet", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adapters_ComeAndGoWhileTheServerRuns()
    {
        Assert.Equal(404, (await Ask("pirate")).Status);

        _folder.Add("pirate");
        Assert.Equal(_folder.Expected("pirate", "hello", 8), (await Ask("pirate")).Text);

        _folder.Add("pirate", seed: 99);
        Assert.Equal(_folder.Expected("pirate", "hello", 8), (await Ask("pirate")).Text);

        Assert.Equal(200, (await _server.PostAsync("v1/unload_lora_adapter", """{"lora_name": "pirate"}""", "secret")).Status);
        Assert.Equal(404, (await Ask("pirate")).Status);

        Assert.Equal(200, (await _server.PostAsync("v1/load_lora_adapter", """{"lora_name": "pirate", "lora_path": "pirate"}""", "secret")).Status);
        Assert.Equal(_folder.Expected("pirate", "hello", 8), (await Ask("pirate")).Text);
    }

    [Theory]
    [InlineData("../poet")]
    [InlineData("/etc/passwd")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("missing")]
    [InlineData("tiny-llama")]
    public async Task Adapter_ThatIsNoSubdirectory_IsRefused(string name)
    {
        (int status, _) = await _server.PostAsync("v1/load_lora_adapter", new JsonObject { ["lora_name"] = name }.ToJsonString(), "secret");

        Assert.Equal(400, status);
        Assert.Equal(200, (await Ask("captain")).Status);
    }

    [Fact]
    public async Task Client_ThatLeaves_FreesTheModelForTheNext()
    {
        _folder.Add("leaver");
        _folder.LongTexts();   // the answer does not end before its client has gone
        await using TestServer server = await TestServer.StartAsync(_folder, options => (options.MaxRows, options.MaxNewTokens) = (1, PersonaFolder.LongText));
        using var leaving = new CancellationTokenSource();
        Task answer = server.PostAsync(
            "v1/completions", $$"""{"model": "leaver", "prompt": "hello", "max_tokens": {{PersonaFolder.LongText}}, "temperature": 0}""", cancellation: leaving.Token);
        await server.HealthAsync(health => health["running"]!.GetValue<int>() == 1);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        (int status, _) = await server.PostAsync("v1/completions", """{"model": "captain", "prompt": "hello", "max_tokens": 1}""");
        Assert.Equal(200, status);
        Assert.InRange(await server.TokensAsync(before: -1, persona: "leaver"), 0, PersonaFolder.LongText - 1);   // none, where it left before the first
    }

    [Fact]
    public async Task ChatClient_KeyedByPersona_IsThatPersona()
    {
        var captain = _server.Services.GetRequiredKeyedService<IChatClient>("captain");

        ChatResponse answer = await captain.GetResponseAsync("hello", new ChatOptions { Temperature = 0, MaxOutputTokens = 8 });

        Assert.Equal(_folder.Expected("captain", "hello", 8), answer.Text);
    }

    [Theory]
    [InlineData("load_lora_adapter")]
    [InlineData("completions")]
    public async Task Body_ThatIsNoHttp_Is400(string path)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_server.Address.Host, _server.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /v1/{path} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer secret\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n"));

        string? status = await new StreamReader(client.GetStream()).ReadLineAsync();

        Assert.Equal("HTTP/1.1 400 Bad Request", status);
    }

    private async Task<(int Status, string? Text)> Ask(string model)
    {
        string json = new JsonObject
        {
            ["model"] = model,
            ["max_tokens"] = 8,
            ["temperature"] = 0,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hello" }),
        }.ToJsonString();
        (int status, JsonNode? body) = await _server.PostAsync("v1/chat/completions", json, "secret");
        return (status, body?["choices"]?[0]?["message"]?["content"]?.GetValue<string>());
    }
}
