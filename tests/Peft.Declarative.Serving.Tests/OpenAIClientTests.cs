using System.ClientModel;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace Peft.Declarative.Serving.Tests;

/// <summary>The server as the official clients see it.</summary>
public sealed class OpenAIClientTests : IAsyncLifetime
{
    private const int Tokens = 12;

    private readonly PersonaFolder _folder = new("captain", "poet");
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(_folder);

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void Models_ListTheBaseAndEveryPersona() =>
        Assert.Equal(["tiny-llama", "captain", "poet"], _server.OpenAI().GetOpenAIModelClient().GetModels().Value.Select(model => model.Id));

    [Theory]
    [InlineData("captain")]
    [InlineData("poet")]
    [InlineData("tiny-llama")]
    public async Task Chat_AnswersAsThePersonaThatItNames(string name)
    {
        ChatCompletion answer = await _server.OpenAI().GetChatClient(name).CompleteChatAsync([new UserChatMessage("who is Lily")], Greedy());

        Assert.Equal(_folder.Expected(name == "tiny-llama" ? null : name, "who is Lily", Tokens), answer.Content[0].Text);
        Assert.Equal(name, answer.Model);
        Assert.Equal(OpenAI.Chat.ChatFinishReason.Length, answer.FinishReason);
        Assert.Equal(Tokens, answer.Usage.OutputTokenCount);
        Assert.True(answer.Usage.InputTokenCount > 5);
    }

    [Fact]
    public async Task Chat_Streamed_IsTheSameText()
    {
        string text = "";
        ChatTokenUsage? usage = null;
        await foreach (StreamingChatCompletionUpdate update in _server.OpenAI().GetChatClient("captain").CompleteChatStreamingAsync([new UserChatMessage("who is Lily")], Greedy()))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
        }

        Assert.Equal(_folder.Expected("captain", "who is Lily", Tokens), text);
        Assert.Equal(Tokens, usage!.OutputTokenCount);
    }

    [Fact]
    public async Task Chat_ManyAtOnce_EachHasTheAnswerOfItsPersona()
    {
        string[] names = [.. Enumerable.Range(0, 24).Select(i => (i % 3) switch { 0 => "captain", 1 => "poet", _ => "tiny-llama" })];

        string[] answers = await Task.WhenAll(names.Select(async name =>
            (await _server.OpenAI().GetChatClient(name).CompleteChatAsync([new UserChatMessage("hello")], Greedy())).Value.Content[0].Text));

        Dictionary<string, string> expected = names.Distinct().ToDictionary(name => name, name => _folder.Expected(name == "tiny-llama" ? null : name, "hello", Tokens));
        Assert.Equal(3, expected.Values.Distinct().Count());
        Assert.Equal(names.Select(name => expected[name]), answers);
    }

    [Fact]
    public async Task Chat_ThroughMicrosoftExtensionsAI_Answers()
    {
        using IChatClient client = _server.OpenAI().GetChatClient("poet").AsIChatClient();

        ChatResponse response = await client.GetResponseAsync("who is Lily", new ChatOptions { Temperature = 0, MaxOutputTokens = Tokens });

        Assert.Equal(_folder.Expected("poet", "who is Lily", Tokens), response.Text);
    }

    [Fact]
    public async Task Chat_OfAnUnknownModel_Is404WithNearNames()
    {
        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(
            () => _server.OpenAI().GetChatClient("captian").CompleteChatAsync([new UserChatMessage("hello")], Greedy()));

        Assert.Equal(404, error.Status);
        Assert.Contains("Did you mean 'captain'?", error.Message, StringComparison.Ordinal);
    }

    private static ChatCompletionOptions Greedy() => new() { Temperature = 0, MaxOutputTokenCount = Tokens };
}
