using Microsoft.Extensions.AI;
using Peft.Declarative.Chat;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Adapters;
using Peft.Declarative.Tests.Data;

namespace Peft.Declarative.Tests.Chat;

public sealed class ModelChatClientTests : IDisposable
{
    private static readonly ChatMessage[] Question = [new(ChatRole.User, "who is Lily")];
    private static readonly Tokenizer Tokenizer = ChatData.Tokenizer();

    private readonly LlamaForCausalLM _model = LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { VocabularySize = 512, MaxPositions = 256 }, seed: 4);

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task GetResponse_GivesWhatTheGeneratorGivesForTheRenderedConversation()
    {
        using var client = new ModelChatClient(_model, Tokenizer);
        var options = new ChatOptions { MaxOutputTokens = 12, Temperature = 0 };

        ChatResponse response = await client.GetResponseAsync(Question, options);

        string expected = "";
        IReadOnlyList<int> prompt = ChatFormat.For(Tokenizer).EncodePrompt([new System.Text.Json.Nodes.JsonObject { ["role"] = "user", ["content"] = "who is Lily" }]);
        new TextGenerator(_model, Tokenizer).Stream(prompt, piece => expected += piece, new() { MaxNewTokens = 12 });
        Assert.Equal(expected, response.Text);
        Assert.Equal(ChatRole.Assistant, Assert.Single(response.Messages).Role);
        Assert.Equal(prompt.Count, response.Usage!.InputTokenCount);
        Assert.Equal(12, response.Usage.OutputTokenCount);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
    }

    [Fact]
    public async Task GetResponse_WithAStopSequence_EndsBeforeIt()
    {
        using var client = new ModelChatClient(_model, Tokenizer);
        var options = new ChatOptions { MaxOutputTokens = 20, Temperature = 0 };
        string whole = (await client.GetResponseAsync(Question, options)).Text;
        string stop = whole.Substring(whole.Length / 2, 2);

        ChatResponse response = await client.GetResponseAsync(Question, new ChatOptions { MaxOutputTokens = 20, Temperature = 0, StopSequences = [stop] });

        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public async Task GetStreamingResponse_LeftEarly_FreesTheModelForTheNextCall()
    {
        using var client = new ModelChatClient(_model, Tokenizer);
        var options = new ChatOptions { MaxOutputTokens = 100, Temperature = 0 };

        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(Question, options))
        {
            Assert.NotEqual("", update.Text);
            break;
        }

        Assert.Equal(3, (await client.GetResponseAsync(Question, new ChatOptions { MaxOutputTokens = 3, Temperature = 0 })).Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task GetStreamingResponse_Cancelled_Throws()
    {
        using var client = new ModelChatClient(_model, Tokenizer);
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(Question, new ChatOptions { MaxOutputTokens = 200 }, cancellation.Token))
            {
                await cancellation.CancelAsync();
            }
        });
    }

    [Fact]
    public async Task GetResponse_TwiceAtOnce_GivesBothTheSameAnswer()
    {
        using var client = new ModelChatClient(_model, Tokenizer);
        var options = new ChatOptions { MaxOutputTokens = 10, Temperature = 0 };

        ChatResponse[] responses = await Task.WhenAll(client.GetResponseAsync(Question, options), client.GetResponseAsync(Question, options));

        Assert.Equal(responses[0].Text, responses[1].Text);
    }

    [Fact]
    public async Task GetResponse_OfParallelRequestsForDifferentModelIds_IsEachAdaptersOwn()
    {
        string[] names = ["captain", "pip", "professor"];
        Personas.On(_model, names);
        _model.Adapters.Activate("pip");
        using var one = new ModelChatClient(_model, Tokenizer);
        using var other = new ModelChatClient(_model, Tokenizer);
        var alone = new Dictionary<string, string>();
        foreach (string name in names)
        {
            alone[name] = (await one.GetResponseAsync(Question, Of(name))).Text;
        }

        ChatResponse[] responses = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => (i % 2 == 0 ? one : other).GetResponseAsync(Question, Of(names[i % 3])))));

        Assert.Equal(names.Length, alone.Values.Distinct().Count());
        Assert.All(responses, response => Assert.Equal(alone[response.ModelId!], response.Text));
        Assert.Equal(["pip"], _model.Adapters.Active.Select(adapter => adapter.Name));
        Assert.Equal(alone["pip"], (await one.GetResponseAsync(Question, Of(nameof(LlamaForCausalLM)))).Text);
        Assert.Equal("PEFT703", (await Assert.ThrowsAsync<PeftException>(() => one.GetResponseAsync(Question, Of("nobody")))).Id);

        static ChatOptions Of(string name) => new() { ModelId = name, MaxOutputTokens = 12, Temperature = 0 };
    }

    [Fact]
    public async Task GetResponse_WithWhatATextModelCannotTake_ListsIt()
    {
        using var client = new ModelChatClient(_model, Tokenizer);
        ChatMessage picture = new(ChatRole.User, [new TextContent("see"), new DataContent(new byte[] { 1 }, "image/png")]);

        PeftException error = await Assert.ThrowsAsync<PeftException>(
            () => client.GetResponseAsync([picture], new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "one")] }));

        Assert.Equal("PEFT804", error.Id);
        Assert.Contains("message 1 has DataContent", error.Message, StringComparison.Ordinal);
        Assert.Contains("Tools has 1 tools", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b STOP c", "a b ")]
    [InlineData("a ST b", "a ST b")]
    [InlineData("SSTOP", "S")]
    [InlineData("ab STO", "ab STO")]
    public void StopText_OfPiecesOfOneCharacter_ShowsWhatIsBeforeTheStop(string text, string expected)
    {
        var stops = new StopText(["STOP", "XX"]);

        Assert.Equal(expected, string.Concat(text.Select(letter => stops.Add(letter.ToString()))) + stops.Complete());
    }
}
