using Peft.Declarative.Generation;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Methods;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Generation;

/// <summary>Drafts that are looked up in the row: they change the number of passes, and nothing else.</summary>
public sealed class PromptLookupTests
{
    private const int NewTokens = 40;

    private static readonly GenerationOptions Greedy = new() { MaxNewTokens = NewTokens, EosTokenIds = [] };

    private static readonly GenerationOptions Sampled = Greedy with { DoSample = true, TopK = 8, Seed = 11 };

    private static readonly Dictionary<string, GenerationOptions> Options = new()
    {
        ["greedy"] = Greedy,
        ["greedy, ids that end it"] = Greedy with { EosTokenIds = [1, 2, 3, 5, 8, 13, 21] },
        ["greedy, penalties"] = Greedy with { RepetitionPenalty = 1.3, FrequencyPenalty = 0.2, MinNewTokens = 9, EosTokenIds = [4, 6, 7] },
        ["greedy, no repeats"] = Greedy with { NoRepeatNgramSize = 3 },
        ["greedy, guided"] = Greedy with { GuidanceScale = 1.5 },
        ["greedy, no cache"] = Greedy with { UseCache = false },
        ["sampled"] = Sampled,
        ["sampled, nearly greedy"] = Sampled with { Temperature = 0.2, TopK = 0 },
        ["sampled, penalties"] = Sampled with { RepetitionPenalty = 0.7, PresencePenalty = -0.5, TopP = 0.9, OutputLogProbabilities = true },
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string options in Options.Keys)
            {
                cases.Add("llama", options);
            }

            foreach (string model in new[] { "gpt2", "llama in 4 bits", "windowed", "prompt", "prefix", "t5" })
            {
                cases.Add(model, "greedy, penalties");
                cases.Add(model, "sampled, nearly greedy");
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_WithDrafts_GivesTheSameText(string name, string options)
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = Make(name);
        using Tensor ids = tensor(new long[,] { { 0, 5, 9, 13, 7, 40, 5, 9 } });
        using Tensor mask = ids.ne(0).to(ScalarType.Int64);   // the first id is padding

        (GenerationResult expected, int steps) = Run(0);
        (GenerationResult actual, int stepsOfDrafts) = Run(6);

        Assert.Equal(expected.NewTokens(0), actual.NewTokens(0));
        Assert.Equal(steps, stepsOfDrafts);
        Assert.InRange(actual.Passes, 1, expected.Passes);
        if (Options[options].OutputLogProbabilities)
        {
            Close.To(expected.TokenLogProbabilities!, actual.TokenLogProbabilities!, 1e-4, "log-probabilities");
        }

        (GenerationResult Result, int Steps) Run(int drafts)
        {
            int count = 0;
            GenerationOptions own = Options[options] with { PromptLookupNumTokens = drafts };
            if (model is EncoderDecoderModel)
            {
                own = own with { GuidanceScale = 1 };
            }

            return (Generator(model).Run(ids, mask, own, onStep: _ => count++), count);
        }
    }

    [Fact]
    public void Run_OfARepetitiveText_NeedsFewerPasses()
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = Make("llama");
        using Tensor ids = tensor(new long[,] { { 5, 9, 13, 7, 5, 9, 13, 7, 5, 9, 13, 7 } });

        // A bias makes each id follow the one before it, so the text goes round.
        SequenceBias[] round = [.. new[] { 5, 9, 13, 7 }.Select((id, i) => new SequenceBias([id, new[] { 9, 13, 7, 5 }[i]], 100))];
        GenerationOptions options = Greedy with { SequenceBias = round };

        Assert.Equal(NewTokens, Generator(model).Run(ids, null, options).Passes);
        Assert.Equal(NewTokens / 8, Generator(model).Run(ids, null, options with { PromptLookupNumTokens = 10 }).Passes);
    }

    [Fact]
    public void Run_WithRejectedDrafts_ForgetsThem()
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = Make("llama");
        using Tensor ids = tensor(new long[,] { { 5, 9, 13, 7, 5, 9, 13, 7 } });
        GenerationOptions options = Sampled with { TopK = 0, Temperature = 3 };   // hardly a draft is right

        GenerationResult plain = Generator(model).Run(ids, null, options), drafted = Generator(model).Run(ids, null, options with { PromptLookupNumTokens = 7 });

        Assert.InRange(drafted.Passes, NewTokens - 8, NewTokens);
        Assert.Equal(plain.NewTokens(0), drafted.NewTokens(0));
    }

    [Fact]
    public void Run_OfSeveralRows_HasNoDrafts()
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = Make("llama");

        Assert.Equal(NewTokens, Generator(model).Run(TinyModels.Ids(), null, Greedy with { PromptLookupNumTokens = 7 }).Passes);
    }

    [Theory]
    [InlineData("gates")]
    [InlineData("int8")]
    public void Run_WhereTokensOfAPassDependOnEachOther_HasNoDrafts(string what)
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = Make("llama");
        using Tensor ids = tensor(new long[,] { { 5, 9, 13, 7, 5, 9, 13, 7 } });
        if (what == "gates")
        {
            Invariants.Attach(model, new LoraConfig { Rank = 2, Gated = true }, "gated");
        }
        else
        {
            model.Quantize(new QuantizationSettings { Type = QuantizationType.Int8 });
        }

        Assert.Equal(NewTokens, Generator(model).Run(ids, null, Greedy with { PromptLookupNumTokens = 7 }).Passes);
    }

    [Theory]
    [InlineData(new long[] { 1, 2, 3 }, 5, new long[] { })]                    // nothing occurs twice
    [InlineData(new long[] { 1, 2, 3, 4, 1, 2 }, 2, new long[] { 3, 4 })]
    [InlineData(new long[] { 1, 2, 3, 4, 1, 2 }, 9, new long[] { 3, 4, 1, 2 })]
    [InlineData(new long[] { 9, 2, 3, 4, 1, 2 }, 2, new long[] { 3, 4 })]      // the last token alone
    [InlineData(new long[] { 2, 8, 1, 2, 3, 1, 2 }, 2, new long[] { 3, 1 })]   // both rather than one
    [InlineData(new long[] { 7, 7 }, 3, new long[] { 7 })]
    [InlineData(new long[] { 7 }, 3, new long[] { })]
    [InlineData(new long[] { 7, 7 }, 0, new long[] { })]
    public void Draft_OfARow_IsWhatFollowedItsLastTokens(long[] ids, int most, long[] expected) =>
        Assert.Equal(expected, new PromptLookup(ids, longest: 2).Draft(most));

    private static TextGenerator Generator(PretrainedModel model) =>
        model is EncoderDecoderModel translator ? new TextGenerator(translator) : new TextGenerator((CausalLanguageModel)model);

    private static PretrainedModel Make(string name)
    {
        PretrainedModel model = name switch
        {
            "windowed" => LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { SlidingWindow = 4 }, seed: 1),
            "prompt" or "prefix" => TinyFamilies.Make("llama"),
            _ => TinyFamilies.Make(name),
        };
        if (name is "prompt" or "prefix")
        {
            Invariants.Perturb(Invariants.Attach(model, name == "prompt" ? new PromptTuningConfig { Tokens = 3 } : new PrefixTuningConfig { Tokens = 3 }, name));
        }

        return model;
    }
}
