using Peft.Declarative.Generation;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Generation;

/// <summary>Texts, streams and what may go wrong, on a tiny model whose every id is a letter.</summary>
public sealed class TextGeneratorTests : IDisposable
{
    private static readonly GenerationOptions Twenty = new() { MaxNewTokens = 20, EosTokenIds = [] };

    private readonly LlamaForCausalLM model = TinyModels.Llama();
    private readonly LetterTokenizer letters = new();

    [Fact]
    public void Complete_SeveralPrompts_EqualsEachAlone()
    {
        TextGenerator generator = new(model, letters);
        string[] prompts = ["abc", "hello", "x"];

        IReadOnlyList<string> together = generator.Complete(prompts, Twenty);

        Assert.Equal(prompts.Select(prompt => generator.Complete(prompt, Twenty)), together);
        Assert.All(together, text => Assert.Equal(20, text.Length));
    }

    [Fact]
    public void Stream_Greedy_GivesTheSameTextInPieces()
    {
        TextGenerator generator = new(model, letters);
        List<string> pieces = [];

        generator.Stream("abc", pieces.Add, Twenty);

        Assert.Equal(20, pieces.Count);
        Assert.Equal(generator.Complete("abc", Twenty), string.Concat(pieces));
    }

    [Fact]
    public async Task StreamAsync_ReadToTheEnd_GivesTheSameText()
    {
        TextGenerator generator = new(model, letters);
        List<string> pieces = [];
        await foreach (string piece in generator.StreamAsync("abc", Twenty))
        {
            pieces.Add(piece);
        }

        Assert.Equal(generator.Complete("abc", Twenty), string.Concat(pieces));
    }

    [Fact]
    public async Task StreamAsync_LeftEarly_FreesTheModel()
    {
        TextGenerator generator = new(model, letters);
        await foreach (string _ in generator.StreamAsync("abc", Twenty with { MaxNewTokens = 55 }))
        {
            break;
        }

        Assert.Equal(20, generator.Complete("abc", Twenty).Length);
    }

    [Fact]
    public async Task StreamAsync_Cancelled_Throws()
    {
        TextGenerator generator = new(model, letters);
        using CancellationTokenSource stop = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (string _ in generator.StreamAsync("abc", Twenty, stop.Token))
            {
                await stop.CancelAsync();
            }
        });
    }

    [Fact]
    public async Task StreamAsync_BadOptions_ThrowsToTheReader()
    {
        TextGenerator generator = new(model, letters);

        PeftException error = await Assert.ThrowsAsync<PeftException>(async () =>
        {
            await foreach (string _ in generator.StreamAsync("abc", Twenty with { TopP = 2 }))
            {
            }
        });

        Assert.Equal("PEFT801", error.Id);
    }

    [Fact]
    public void Run_Cancelled_StopsBetweenTokens()
    {
        using CancellationTokenSource stop = new();
        int steps = 0;

        Assert.Throws<OperationCanceledException>(() => new TextGenerator(model).Run(TinyModels.Ids(), null, Twenty, _ =>
        {
            if (++steps == 3)
            {
                stop.Cancel();
            }
        }, stop.Token));

        Assert.Equal(3, steps);
    }

    [Fact]
    public void Complete_StopString_EndsWithTheTokenThatCompletesIt()
    {
        TextGenerator generator = new(model, letters);
        string text = generator.Complete("abc", Twenty);
        string stop = text[5..8];

        foreach (int drafts in new[] { 0, 7 })
        {
            string stopped = generator.Complete("abc", Twenty with { StopStrings = [stop], PromptLookupNumTokens = drafts });

            Assert.Equal(text[..(text.IndexOf(stop, StringComparison.Ordinal) + 3)], stopped);
        }
    }

    [Fact]
    public void Complete_RowsOfDifferentLength_LeavesOutWhatFillsTheShorterOnes()
    {
        TextGenerator generator = new(model, letters);
        string[] prompts = ["abc", "hello"];
        string stop = generator.Complete(prompts[0], Twenty)[3..6];
        GenerationOptions options = Twenty with { StopStrings = [stop] };

        IReadOnlyList<string> together = generator.Complete(prompts, options);

        Assert.NotEqual(together[0].Length, together[1].Length);
        Assert.Equal(prompts.Select(prompt => generator.Complete(prompt, options)), together);
    }

    [Fact]
    public void Generate_SameSeed_GivesTheSameDraws()
    {
        using DisposeScope scope = NewDisposeScope();
        GenerationOptions draws = Twenty with { DoSample = true, NumReturnSequences = 3, TopK = 0, Seed = 7 };
        TextGenerator generator = new(model);

        Tensor first = generator.Generate(TinyModels.Ids(), null, draws), again = generator.Generate(TinyModels.Ids(), null, draws);
        Tensor other = generator.Generate(TinyModels.Ids(), null, draws with { Seed = 8 });

        Assert.Equal([6L, 27], first.shape);
        Assert.True(first.eq(again).all().item<bool>());
        Assert.False(first.eq(other).all().item<bool>());
        Assert.False(first[0].eq(first[1]).all().item<bool>());
    }

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(3, 0.0)]
    [InlineData(1, 0.5)]
    public void Generate_ManyTokens_LeavesNoTensorBehind(int beams, double alpha)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = TinyModels.Ids();
        GenerationOptions options = Twenty with
        {
            MaxNewTokens = 40,
            NumBeams = beams,
            PenaltyAlpha = alpha,
            TopK = 4,
            GuidanceScale = beams == 1 && alpha == 0 ? 1.2 : 1,
        };
        TextGenerator generator = new(model);
        List<long> live = [];
        long before = LiveTensors.CountAfterCollection();

        using (generator.Run(ids, null, options, _ => live.Add(Tensor.TotalCount)))
        {
        }

        Assert.InRange(Tensor.TotalCount, 0, before);
        Assert.True(beams > 1 || live[^1] <= live[5], $"Live tensors grew from {live.FirstOrDefault()} to {live.LastOrDefault()}.");
    }

    [Fact]
    public void Generate_InTraining_LeavesTheModelInTraining()
    {
        using DisposeScope scope = NewDisposeScope();
        model.train();

        new TextGenerator(model).Generate(TinyModels.Ids(), null, Twenty);

        Assert.True(model.training);
    }

    [Fact]
    public void Generate_BeyondTheModelsLength_StopsThere()
    {
        using DisposeScope scope = NewDisposeScope();

        Tensor ids = new TextGenerator(model).Generate(TinyModels.Ids(), null, Twenty with { MaxNewTokens = 500 });

        Assert.Equal(model.Config.MaxPositions, ids.size(1));
    }

    [Fact]
    public void Generate_UnusablePrompts_SaysWhatToDo()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = TinyModels.Ids();
        Tensor rightPadding = ones_like(ids);
        rightPadding[0, 6] = 0;

        Assert.Contains("Pad them on the left", Fails(ids, rightPadding));
        Assert.Contains("Give both the same shape", Fails(ids, ones(2, 3)));
        Assert.Contains("contains the id 99, but the model's ids go from 0 to 47", Fails(tensor(new long[,] { { 99 } })));
        Assert.Contains("with at least one id", Fails(zeros(1, 0, dtype: ScalarType.Int64)));
        Assert.Contains("Shorten the prompt", Fails(zeros(1, 64, dtype: ScalarType.Int64)));
        Assert.Contains("has no tokenizer", Assert.Throws<PeftException>(() => new TextGenerator(model).Complete("x")).Message);
    }

    public void Dispose() => model.Dispose();

    private string Fails(Tensor ids, Tensor? mask = null)
    {
        PeftException error = Assert.Throws<PeftException>(() => new TextGenerator(model).Generate(ids, mask, Twenty));
        Assert.Equal("PEFT803", error.Id);
        return error.Message;
    }

    /// <summary>One id per character, from '0' on.</summary>
    private sealed class LetterTokenizer : ITokenizer
    {
        public int VocabularySize => 48;

        public IReadOnlyList<int> Encode(string text, bool addSpecialTokens = true) => [.. text.Select(letter => letter % 48)];

        public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = true) => string.Concat(ids.Select(id => (char)(id + 48)));

        public int? TokenId(string token) => token[0] % 48;
    }
}
