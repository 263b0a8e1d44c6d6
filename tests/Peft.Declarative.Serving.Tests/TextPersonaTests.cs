using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI.Chat;
using Peft.Declarative.Serving.Personas;

namespace Peft.Declarative.Serving.Tests;

/// <summary>Personas that are texts: a system prompt of the base model, which is read once.</summary>
public sealed class TextPersonaTests : IDisposable
{
    private const string Told = "Tom was a sailor. He loved the sea and the wind, and he told of a big ship.";

    private readonly PersonaFolder _folder = new("captain");

    public TextPersonaTests() => File.WriteAllText(Path.Combine(_folder.Adapters, "sailor.txt"), Told + "\n");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Chat_WithAText_IsThatOfTheBaseThatIsToldIt()
    {
        await using TestServer server = await TestServer.StartAsync(_folder);

        string answer = await AnswerAsync(server, "sailor", ("user", "hello"));
        string asBase = await AnswerAsync(server, "tiny-llama", ("system", Told), ("user", "hello"));

        Assert.Equal(asBase, answer);
        Assert.NotEqual(await AnswerAsync(server, "tiny-llama", ("user", "hello")), answer);
    }

    [Fact]
    public async Task Chat_WithASystemPromptOfItsOwn_HasOneAfterTheText()
    {
        await using TestServer server = await TestServer.StartAsync(_folder);

        Assert.Equal(
            await AnswerAsync(server, "tiny-llama", ("system", Told + "\n\nBe kind."), ("user", "hello")),
            await AnswerAsync(server, "sailor", ("system", "Be kind."), ("user", "hello")));
    }

    [Fact]
    public async Task Completion_WithAText_ContinuesAfterIt()
    {
        await using TestServer server = await TestServer.StartAsync(_folder);

        Assert.Equal(await CompleteAsync("tiny-llama", $"{Told}\n\nOne day"), await CompleteAsync("sailor", "One day"));

        async Task<string> CompleteAsync(string model, string prompt)
        {
            (int status, JsonNode? body) = await server.PostAsync("v1/completions",
                new JsonObject { ["model"] = model, ["prompt"] = prompt, ["max_tokens"] = 8, ["temperature"] = 0 }.ToJsonString());
            Assert.Equal(200, status);
            return body!["choices"]![0]!["text"]!.GetValue<string>();
        }
    }

    [Fact]
    public async Task Text_OfASecondRequest_IsNotReadAgain()
    {
        await using TestServer server = await TestServer.StartAsync(_folder);
        ChatClient client = server.OpenAI().GetChatClient("sailor");
        var options = new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 8 };
        ChatCompletion first = await client.CompleteChatAsync([new UserChatMessage("hello")], options);

        ChatCompletion second = await client.CompleteChatAsync([new UserChatMessage("who is Lily")], options);

        Assert.Equal(0, first.Usage.InputTokenDetails.CachedTokenCount);
        Assert.InRange(second.Usage.InputTokenDetails.CachedTokenCount, Tokenizer.Load(_folder.Model).Encode(Told).Count, second.Usage.InputTokenCount - 1);
        Assert.Equal(await AnswerAsync(server, "tiny-llama", ("system", Told), ("user", "who is Lily")), second.Content[0].Text);
    }

    [Fact]
    public async Task Text_ThatIsReplaced_IsTakenOverByTheNextRequest()
    {
        await using TestServer server = await TestServer.StartAsync(_folder);
        string before = await AnswerAsync(server, "sailor", ("user", "hello"));

        File.WriteAllText(Path.Combine(_folder.Adapters, "sailor.txt"), "Sue is a very small bird.");
        string after = await AnswerAsync(server, "sailor", ("user", "hello"));

        Assert.NotEqual(before, after);
        Assert.Equal(await AnswerAsync(server, "tiny-llama", ("system", "Sue is a very small bird."), ("user", "hello")), after);
    }

    [Fact]
    public async Task Models_ListTextsBesideAdapters_AndNameNearOnes()
    {
        File.WriteAllText(Path.Combine(_folder.Adapters, "pirate.md"), "You are a pirate.");
        File.WriteAllText(Path.Combine(_folder.Adapters, "README.md"), "What these are.");
        await using TestServer server = await TestServer.StartAsync(_folder);

        JsonNode models = JsonNode.Parse(await server.Http.GetStringAsync("v1/models"))!;
        (int status, JsonNode? body) = await server.PostAsync("v1/chat/completions", """{"model": "sailer", "messages": [{"role": "user", "content": "hi"}]}""");

        Assert.Equal(["tiny-llama", "captain", "pirate", "sailor"], models["data"]!.AsArray().Select(model => model!["id"]!.GetValue<string>()));
        Assert.Equal(404, status);
        Assert.Contains("'sailor'", body!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_ThatCannotBeUsed_AreNamedInHealth_AndOthersGoOn()
    {
        void Write(string file, byte[] bytes) => File.WriteAllBytes(Path.Combine(_folder.Adapters, file), bytes);
        Write("latin.txt", [0x63, 0x61, 0x66, 0xE9]);
        Write("empty.md", [0x20, 0x0A]);
        Write("long.txt", [.. Enumerable.Repeat((byte)'a', 300_000)]);
        Write("longer than the model.txt", [.. "a"u8]);
        Write("talks.txt", System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("Lily saw a big ball. ", 200))));
        Write("captain.txt", [.. "a text"u8]);
        Write("sailor.md", [.. "another"u8]);
        await using TestServer server = await TestServer.StartAsync(_folder);

        JsonObject problems = JsonNode.Parse(await server.Http.GetStringAsync("health"))!["not_served"]!.AsObject();
        (int status, JsonNode? body) = await server.PostAsync("v1/chat/completions", """{"model": "latin", "messages": [{"role": "user", "content": "hi"}]}""");

        Assert.Equal(
            ["captain.txt", "empty.md", "latin.txt", "long.txt", "longer than the model.txt", "sailor.md", "talks.txt"], problems.Select(problem => problem.Key));
        Assert.Contains("UTF-8", problems["latin.txt"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("at most 262144", problems["long.txt"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("at most 512", problems["talks.txt"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(503, status);
        Assert.Contains("/health", body!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(_folder.Expected("captain", "hello", 8), await AnswerAsync(server, "captain", ("user", "hello")));
        Assert.NotEmpty(await AnswerAsync(server, "sailor", ("user", "hello")));
    }

    [Fact]
    public async Task ChatClient_OfAText_AnswersAsTheServerDoes()
    {
        await using TestServer server = await TestServer.StartAsync(_folder);
        var options = new ChatOptions { Temperature = 0, MaxOutputTokens = 8 };

        ChatResponse answer = await server.Services.GetRequiredKeyedService<IChatClient>("sailor").GetResponseAsync("hello", options);
        ChatResponse instructed = await server.Services.GetRequiredService<IChatClient>().GetResponseAsync(
            [new Microsoft.Extensions.AI.ChatMessage(ChatRole.System, "Be kind."), new Microsoft.Extensions.AI.ChatMessage(ChatRole.User, "hello")],
            new ChatOptions { Temperature = 0, MaxOutputTokens = 8, ModelId = "sailor" });

        Assert.Equal(await AnswerAsync(server, "sailor", ("user", "hello")), answer.Text);
        Assert.Equal(await AnswerAsync(server, "sailor", ("system", "Be kind."), ("user", "hello")), instructed.Text);
    }

    [Fact]
    public async Task Text_ThatIsUnloaded_IsServedAgainOnceItIsLoaded()
    {
        await using TestServer server = await TestServer.StartAsync(_folder, options => options.AllowAdapterUpdates = true);
        string before = await AnswerAsync(server, "sailor", ("user", "hello"));

        Assert.Equal(200, (await server.PostAsync("v1/unload_lora_adapter", """{"lora_name": "sailor"}""")).Status);
        Assert.Equal(404, (await server.PostAsync("v1/completions", """{"model": "sailor", "prompt": "hi"}""")).Status);
        File.WriteAllText(Path.Combine(_folder.Adapters, "sailor.txt"), "");
        Assert.Equal(400, (await server.PostAsync("v1/load_lora_adapter", """{"lora_name": "sailor"}""")).Status);
        File.WriteAllText(Path.Combine(_folder.Adapters, "sailor.txt"), Told);
        Assert.Equal(200, (await server.PostAsync("v1/load_lora_adapter", """{"lora_name": "sailor"}""")).Status);

        Assert.Equal(before, await AnswerAsync(server, "sailor", ("user", "hello")));
    }

    [Fact]
    public void Texts_ThatComeAndGo_AreNotRemembered()
    {
        var texts = new TextPersonas(_folder.Adapters, Tokenizer.Load(_folder.Model), 512);
        for (int i = 0; i < 5; i++)
        {
            string file = Path.Combine(_folder.Adapters, $"guest{i}.txt");
            File.WriteAllText(file, "You are a guest.");
            Assert.True(texts.IsSound($"guest{i}"));
            File.Delete(file);
        }

        Assert.True(texts.IsSound("sailor"));
        Assert.Equal(1, texts.Held);
    }

    [Fact]
    public async Task ThreeWays_ToOnePersona_AreServedByOneProgram()
    {
        // the adapter merged into a model of its own
        string merged = Path.Combine(_folder.Root, "merged-captain");
        Directory.CreateDirectory(merged);
        using (Models.LlamaForCausalLM model = Models.LlamaForCausalLM.FromPretrained(_folder.Model))
        {
            model.LoadAdapter(_folder["captain"], "captain");
            model.Adapters.Merge();
            model.SaveModel(merged);
        }

        foreach (string file in new[] { "config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja" })
        {
            File.Copy(Path.Combine(_folder.Model, file), Path.Combine(merged, file), overwrite: true);
        }

        await using TestServer server = await TestServer.StartAsync(_folder);
        await using TestServer mergedServer = await TestServer.StartAsync(_folder, options => (options.Model, options.Adapters) = (merged, null));

        Assert.Equal(await AnswerAsync(server, "captain", ("user", "hello")), await AnswerAsync(mergedServer, "merged-captain", ("user", "hello")));
        Assert.NotEmpty(await AnswerAsync(server, "sailor", ("user", "hello")));
        JsonNode models = JsonNode.Parse(await mergedServer.Http.GetStringAsync("v1/models"))!;
        Assert.Equal("merged-captain", Assert.Single(models["data"]!.AsArray())!["id"]!.GetValue<string>());
    }

    private static async Task<string> AnswerAsync(TestServer server, string model, params (string Role, string Content)[] messages)
    {
        (int status, JsonNode? body) = await server.PostAsync("v1/chat/completions", new JsonObject
        {
            ["model"] = model, ["max_tokens"] = 8, ["temperature"] = 0,
            ["messages"] = new JsonArray([.. messages.Select(message => new JsonObject { ["role"] = message.Role, ["content"] = message.Content })]),
        }.ToJsonString());
        Assert.Equal(200, status);
        return body!["choices"]![0]!["message"]!["content"]!.GetValue<string>();
    }
}
