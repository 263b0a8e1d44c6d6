using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using OpenAI.Chat;

namespace Peft.Declarative.Serving.Tests;

/// <summary>Requests that are answered in one batch: each as if it were alone, and none at the cost of another.</summary>
public sealed class BatchingTests : IDisposable
{
    private readonly PersonaFolder _folder = new("captain", "poet");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Chats_ThatJoinOneBatch_AreThoseOfEachAlone()
    {
        await using TestServer server = await TestServer.StartAsync(_folder, options => (options.MaxRows, options.PrefillTokens) = (6, 8));
        (string? Persona, string Message, GenerationOptions Options)[] asked =
        [
            .. Enumerable.Range(0, 18).Select(i => (
                (string?)((i % 3) switch { 0 => "captain", 1 => "poet", _ => null }),
                string.Join(' ', Enumerable.Repeat("Lily saw a ball", 1 + (i % 4))),
                new GenerationOptions { MaxNewTokens = 4 + (i * 5 % 17), DoSample = i % 2 == 0, Temperature = 0.8, TopP = i % 4 == 0 ? 0.9 : 1, Seed = i })),
        ];

        string[] answers = await Task.WhenAll(asked.Select(async (ask, i) =>
        {
            await Task.Delay(i * 3);
            string json = new JsonObject
            {
                ["model"] = ask.Persona ?? "tiny-llama", ["max_tokens"] = ask.Options.MaxNewTokens, ["seed"] = i,
                ["temperature"] = ask.Options.DoSample ? 0.8 : 0, ["top_p"] = ask.Options.DoSample ? ask.Options.TopP : null,
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = ask.Message }),
            }.ToJsonString();
            (int status, JsonNode? body) = await server.PostAsync("v1/chat/completions", json);
            Assert.Equal(200, status);
            return body!["choices"]![0]!["message"]!["content"]!.GetValue<string>();
        }));

        Assert.Equal(asked.Select(ask => _folder.Expected(ask.Persona, ask.Message, ask.Options)), answers);
    }

    [Fact]
    public async Task Personas_BeyondTheMemory_AreLoadedWhenTheyAreAsked()
    {
        _folder.Add("pirate");
        await using TestServer server = await TestServer.StartAsync(_folder, options => options.AdapterMemory = 1);
        string[] names = ["captain", "poet", "pirate"];

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 9).Select(async i =>
            (await server.OpenAI().GetChatClient(names[i % 3]).CompleteChatAsync([new UserChatMessage("hello")], new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 6 }))
                .Value.Content[0].Text));

        Assert.Equal(Enumerable.Range(0, 9).Select(i => _folder.Expected(names[i % 3], "hello", 6)), answers);
        Assert.Equal(3, answers.Distinct().Count());
        JsonNode health = await server.HealthAsync(health => health["resident"]!.GetValue<int>() < 2);
        Assert.Equal(3, health["personas"]!.GetValue<int>());
        Assert.InRange(health["resident"]!.GetValue<int>(), 0, 1);
    }

    [Fact]
    public async Task Requests_BeyondTheQueue_Are429WithRetryAfter()
    {
        _folder.LongTexts();   // the stream ends when the test lets it
        await using TestServer server = await TestServer.StartAsync(
            _folder, options => (options.MaxRows, options.QueueLength, options.MaxNewTokens) = (1, 1, PersonaFolder.LongText));
        using StreamReader place = await server.StreamAsync(Text(tokens: PersonaFolder.LongText));
        await place.ReadLineAsync();
        Task<HttpResponseMessage> waiting = server.Http.PostAsync("v1/completions", Json(tokens: 6));
        await server.HealthAsync(health => health["waiting"]!.GetValue<int>() == 1);

        using HttpResponseMessage refused = await server.Http.PostAsync("v1/completions", Json(tokens: 6));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.False(waiting.IsCompleted);
        place.Dispose();
        Assert.Equal(HttpStatusCode.OK, (await waiting).StatusCode);
    }

    [Fact]
    public async Task Client_ThatLeaves_EndsItsRow()
    {
        _folder.Add("left");   // servers of one process count their tokens together, by name
        _folder.LongTexts();
        await using TestServer server = await TestServer.StartAsync(_folder, options => options.MaxNewTokens = PersonaFolder.LongText);
        using (StreamReader stream = await server.StreamAsync(Text(tokens: PersonaFolder.LongText, persona: "left")))
        {
            await stream.ReadLineAsync();
        }

        await server.HealthAsync(health => health["running"]!.GetValue<int>() == 0);

        Assert.InRange(await server.TokensAsync(before: 0, persona: "left"), 1, PersonaFolder.LongText - 1);
    }

    [Fact]
    public async Task Request_PastItsDeadline_Is503()
    {
        await using TestServer server = await TestServer.StartAsync(_folder, options => options.RequestTimeout = TimeSpan.FromMilliseconds(1));

        (int status, JsonNode? body) = await server.PostAsync("v1/completions", Text(tokens: 90));

        Assert.Equal(503, status);
        Assert.Contains("took longer", body!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ThatIsStopped_EndsTheRunningStreamFirst()
    {
        await using TestServer server = await TestServer.StartAsync(_folder);
        using StreamReader stream = await server.StreamAsync(Text(tokens: 400));
        await stream.ReadLineAsync();

        Task stopped = server.StopAsync();
        string rest = await stream.ReadToEndAsync();
        await stopped.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.Http.GetAsync("health"));
    }

    [Fact]
    public async Task Model_WhoseFilesAskForASearch_AnswersInATurnOfItsOwn()
    {
        File.WriteAllText(Path.Combine(_folder.Model, "generation_config.json"), """{"penalty_alpha": 0.6, "top_k": 4}""");
        await using TestServer server = await TestServer.StartAsync(_folder);

        (int status, JsonNode? body) = await server.PostAsync("v1/completions", Text(tokens: 6));

        Assert.Equal(200, status);
        Assert.Equal(6, body!["usage"]!["completion_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task LogProbabilities_OfAChat_CoverItsText()
    {
        _folder.OnlyText();
        await using TestServer server = await TestServer.StartAsync(_folder);

        ChatCompletion answer = await server.OpenAI().GetChatClient("captain").CompleteChatAsync(
            [new UserChatMessage("who is Lily")], new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 10, IncludeLogProbabilities = true, TopLogProbabilityCount = 3 });

        Assert.Equal(answer.Content[0].Text, string.Concat(answer.ContentTokenLogProbabilities.Select(token => token.Token)));
        Assert.All(answer.ContentTokenLogProbabilities, token =>
        {
            Assert.Equal(3, token.TopLogProbabilities.Count);
            Assert.InRange(token.LogProbability, -20f, token.TopLogProbabilities[0].LogProbability);
            Assert.Equal(token.Token, Encoding.UTF8.GetString(token.Utf8Bytes!.Value.Span));
        });
    }

    [Fact]
    public async Task LogProbabilities_OfAStreamedChat_AreThoseOfTheWholeAnswer()
    {
        await using TestServer server = await TestServer.StartAsync(_folder);
        var options = new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 10, IncludeLogProbabilities = true, TopLogProbabilityCount = 2 };
        ChatClient client = server.OpenAI().GetChatClient("poet");
        ChatCompletion whole = await client.CompleteChatAsync([new UserChatMessage("hello")], options);

        List<ChatTokenLogProbabilityDetails> streamed = [];
        await foreach (StreamingChatCompletionUpdate update in client.CompleteChatStreamingAsync([new UserChatMessage("hello")], options))
        {
            streamed.AddRange(update.ContentTokenLogProbabilities);
        }

        Assert.Equal(whole.ContentTokenLogProbabilities.Select(token => token.Token), streamed.Select(token => token.Token));
        Assert.Equal(   // the second prompt is not read again, and its keys are rounded otherwise
            whole.ContentTokenLogProbabilities.Select(token => token.LogProbability), streamed.Select(token => token.LogProbability), (x, y) => Math.Abs(x - y) < 1e-5);
    }

    [Fact]
    public async Task LogProbabilities_OfACompletion_HaveTheOlderForm()
    {
        _folder.OnlyText();
        await using TestServer server = await TestServer.StartAsync(_folder);

        (_, JsonNode? body) = await server.PostAsync("v1/completions", """{"model": "poet", "prompt": "Once upon", "max_tokens": 5, "temperature": 0, "logprobs": 2}""");

        JsonNode choice = body!["choices"]![0]!, likely = choice["logprobs"]!;
        string[] tokens = [.. likely["tokens"]!.AsArray().Select(token => token!.GetValue<string>())];
        Assert.Equal(choice["text"]!.GetValue<string>(), string.Concat(tokens).TrimStart());
        Assert.Equal(5, likely["token_logprobs"]!.AsArray().Count);
        Assert.All(likely["top_logprobs"]!.AsArray(), entry => Assert.InRange(entry!.AsObject().Count, 1, 2));
        Assert.Equal([0, tokens[0].Length], likely["text_offset"]!.AsArray().Take(2).Select(offset => offset!.GetValue<int>()));
    }

    private static StringContent Json(int tokens) => new(Text(tokens), Encoding.UTF8, "application/json");

    private static string Text(int tokens, string persona = "poet") => $$"""{"model": "{{persona}}", "prompt": "hello", "max_tokens": {{tokens}}, "temperature": 0, "stream": {{(tokens >= 100 ? "true" : "false")}}}""";
}
