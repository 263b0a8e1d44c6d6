using System.Globalization;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Serving.Tests;

/// <summary>Fields of OpenAI's protocol: each has the effect that it has there, or is refused by its name.</summary>
public sealed class FieldTests : IAsyncLifetime
{
    private const string Tool = """{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}""";

    private readonly PersonaFolder _folder = new("captain");
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(_folder, options => (options.MaxMessages, options.AllowAdapterUpdates) = (2, true));

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("chat/completions", "\"top_p\": 0", "'top_p' must be above 0; 'temperature' 0 takes the most likely token")]
    [InlineData("completions", "\"top_p\": 0.0, \"temperature\": 1", "'top_p' must be above 0")]
    [InlineData("completions", "\"top_p\": 1.5", "'top_p' must be a number from 0 to 1")]
    [InlineData("chat/completions", "\"presence_penalty\": 3", "'presence_penalty' must be a number from -2 to 2")]
    [InlineData("chat/completions", "\"frequency_penalty\": -3", "'frequency_penalty' must be a number from -2 to 2")]
    [InlineData("chat/completions", "\"logit_bias\": {\"50\": 10}", "'logit_bias' is not supported")]
    [InlineData("completions", "\"suffix\": \" the end\"", "'suffix' is not supported")]
    [InlineData("completions", "\"best_of\": 2", "'best_of' is not supported; use 'n'")]
    [InlineData("chat/completions", "\"tools\": 3", "'tools' must be a list of at most 128 objects")]
    [InlineData("chat/completions", "\"chat_template_kwargs\": []", "'chat_template_kwargs' must be an object")]
    [InlineData("chat/completions", $$""" "tools": [{{Tool}}], "tool_choice": "required" """, "'tool_choice' can only be 'auto' or 'none'")]
    [InlineData("chat/completions", $$$""" "tools": [{{{Tool}}}], "tool_choice": {"type": "function", "function": {"name": "look_up"}}""", "'tool_choice' can only be")]
    public async Task Field_ThatCannotBeFollowed_Is400AndNamed(string path, string further, string words)
    {
        (int status, JsonNode? body) = await _server.PostAsync("v1/" + path, Request(further));

        Assert.Equal(400, status);
        Assert.Contains(words, body!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("completions", "\"best_of\": 1, \"logit_bias\": {}, \"suffix\": null")]
    [InlineData("chat/completions", "\"tool_choice\": \"auto\", \"top_p\": 1")]
    public async Task Field_ThatAsksForNothing_IsAccepted(string path, string further) => Assert.Equal(200, (await _server.PostAsync("v1/" + path, Request(further))).Status);

    [Fact]
    public async Task Messages_MoreThanTheLimit_Are400()
    {
        string message = """{"role": "user", "content": "hi"}""";

        (int status, JsonNode? body) = await _server.PostAsync("v1/chat/completions", $$"""{"model": "captain", "messages": [{{message}}, {{message}}, {{message}}]}""");

        Assert.Equal(400, status);
        Assert.Contains("'messages' must be a list of at most 2 objects", body!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 2)]
    public async Task Penalties_ChangeTheAnswer_AsTheLibraryDoes(double presence, double frequency)
    {
        var options = new GenerationOptions { MaxNewTokens = 24, PresencePenalty = presence, FrequencyPenalty = frequency };

        (_, JsonNode? body) = await _server.PostAsync("v1/chat/completions", Request(string.Create(
            CultureInfo.InvariantCulture, $"\"temperature\": 0, \"presence_penalty\": {presence}, \"frequency_penalty\": {frequency}"), tokens: 24));

        string answer = body!["choices"]![0]!["message"]!["content"]!.GetValue<string>();
        Assert.Equal(_folder.Expected("captain", "hello", options), answer);
        Assert.NotEqual(_folder.Expected("captain", "hello", 24), answer);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(", \"tool_choice\": \"auto\"", true)]
    [InlineData(", \"tool_choice\": \"none\"", false)]
    public async Task Tools_AreShownByTheTemplate_UnlessNoneMayBeChosen(string choice, bool areShown)
    {
        (_, JsonNode? body) = await _server.PostAsync("v1/chat/completions", Request($"\"tools\": [{Tool}]{choice}"));

        IReadOnlyList<int> prompt = ChatFormat.For(Tokenizer.Load(_folder.Model)).EncodePrompt(
            [new JsonObject { ["role"] = "user", ["content"] = "hello" }], new ChatTemplateOptions { Tools = areShown ? new JsonArray(JsonNode.Parse(Tool)) : null });
        Assert.Equal(prompt.Count, body!["usage"]!["prompt_tokens"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("chat/completions", "\"logprobs\": true")]
    [InlineData("completions", "\"logprobs\": 2, \"stream\": true")]
    public async Task LogProbabilities_OfAModelWhoseFilesAskForASearch_Are400(string path, string further)
    {
        File.WriteAllText(Path.Combine(_folder.Model, "generation_config.json"), """{"penalty_alpha": 0.6, "top_k": 4}""");
        await using TestServer server = await TestServer.StartAsync(_folder);

        (int status, JsonNode? body) = await server.PostAsync("v1/" + path, Request(further));

        Assert.Equal(400, status);
        Assert.Contains("asks for PenaltyAlpha", body!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("logprobs", body["error"]!["param"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("captain/../../outside")]
    [InlineData("./captain")]
    [InlineData("captain/")]
    [InlineData("..\\outside")]
    [InlineData("%2e%2e%2foutside")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData(null)]
    public async Task Name_ThatWouldLeaveTheFolder_IsRefusedEverywhere(string? name)
    {
        name ??= new string('a', 300);
        Directory.Move(_folder["captain"], Path.Combine(_folder.Root, "outside"));   // sound, and out of reach

        foreach (string path in new[] { "completions", "chat/completions" })
        {
            Assert.Equal(404, (await _server.PostAsync("v1/" + path, Request("\"temperature\": 0", name))).Status);
        }

        (int status, JsonNode? body) = await _server.PostAsync("v1/load_lora_adapter", new JsonObject { ["lora_name"] = name }.ToJsonString());
        Assert.Equal(400, status);
        Assert.Contains("A name has letters, digits", body!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(404, (await _server.PostAsync("v1/unload_lora_adapter", new JsonObject { ["lora_name"] = "captain" }.ToJsonString())).Status);
    }

    private static string Request(string further, string model = "captain", int tokens = 4) => $$"""
        {"model": {{JsonValue.Create(model)!.ToJsonString()}}, "prompt": "hello", "messages": [{"role": "user", "content": "hello"}], "max_tokens": {{tokens}}, {{further}}}
        """;
}
