using Peft.Declarative.Models;
using static Peft.Declarative.Tests.Methods.Lora.LayerChanges;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.Lora;

/// <summary>
/// Combinations that are what the papers say. Where Hugging Face PEFT differs, Data/reference-faults.json says how; <see cref="CombinationFaultsTests"/>.
/// </summary>
public sealed class LoraCombinationTests
{
    private static readonly string[] Targets = ["q_proj", "down_proj"];

    public static TheoryData<string> Members { get; } = ["rank 2", "rank 5", "rsLoRA", "own bias", "all-linear"];

    [Theory]
    [MemberData(nameof(Members))]
    public void Combine_WeightedSum_IsTheSumOfTheChanges(string other)
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, "first", new LoraConfig { Rank = 3, Alpha = 6, Targets = Targets });
        Attach(model, "second", Config(other));
        Dictionary<string, Tensor> expected = Sum(model, ("first", 0.7), ("second", -0.3));

        LoraApproximation result = model.Adapters.Combine("both", [("first", 0.7), ("second", -0.3)]);

        Assert.Equal(0, result.RelativeError);
        AssertChanges(expected, model, "both", 1e-6);
    }

    [Theory]
    [InlineData("DoRA")]
    [InlineData("(IA)³")]
    [InlineData("VeRA")]
    [InlineData("AdaLoRA")]
    [InlineData("LoHa")]
    [InlineData("LoKr")]
    public void ConvertToLora_OfAnotherMethodAtFullRank_ChangesWhatItChanges(string method)
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, "first", method switch
        {
            "DoRA" => new DoraConfig { Rank = 3, Targets = Targets },
            "VeRA" => new VeraConfig { Rank = 4, Targets = ["q_proj"] },
            "LoHa" => new LoHaConfig { Rank = 3, Alpha = 6, Targets = Targets },
            "LoKr" => new LoKrConfig { Rank = 2, Alpha = 6, Targets = Targets },
            "AdaLoRA" => new AdaLoraConfig { InitialRank = 3, TargetRank = 2, Targets = Targets },
            _ => new Ia3Config { Targets = ["q_proj", "down_proj"], FeedForward = ["down_proj"] },
        });
        Dictionary<string, Tensor> expected = Sum(model, ("first", 1));

        LoraApproximation result = model.Adapters.ConvertToLora("first", "lora", rank: 32);

        Assert.InRange(result.RelativeError, 0, 1e-4);
        AssertChanges(expected, model, "lora", 2e-5);
    }

    // A Hadamard product of two products of rank 3 is one product of rank 9.
    [Theory]
    [InlineData(9, true)]
    [InlineData(8, false)]
    public void ConvertToLora_OfLoHa_IsExactFromItsSquaredRankOn(int rank, bool isExact)
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, "first", new LoHaConfig { Rank = 3, Targets = Targets });

        LoraApproximation result = model.Adapters.ConvertToLora("first", "lora", rank);

        Assert.Equal(isExact, result.RelativeError == 0);
    }

    [Fact]
    public void Combine_LoHaAndLora_IsTheExactSum()
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, "first", new LoHaConfig { Rank = 2, Alpha = 6, Targets = Targets });
        Attach(model, "second", new LoraConfig { Rank = 3, Targets = Targets });
        Dictionary<string, Tensor> expected = Sum(model, ("first", 0.7), ("second", -0.3));

        LoraApproximation result = model.Adapters.Combine("both", [("first", 0.7), ("second", -0.3)]);

        Assert.Equal(0, result.RelativeError);
        Assert.Equal((2 * 2) + 3, ((LoraConfig)result.Adapter.Config).Rank);
        AssertChanges(expected, model, "both", 1e-6);
    }

    [Fact]
    public void ConvertToLora_ToALowerRank_ReportsTheError()
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, "first", new LoraConfig { Rank = 6, Targets = Targets });
        Dictionary<string, Tensor> before = Sum(model, ("first", 1));

        LoraApproximation result = model.Adapters.ConvertToLora("first", "small", rank: 2);

        Dictionary<string, Tensor> after = Sum(model, ("small", 1));
        double lost = Math.Sqrt(before.Sum(entry => (entry.Value - after[entry.Key]).square().sum().ToDouble()));
        double whole = Math.Sqrt(before.Sum(entry => entry.Value.square().sum().ToDouble()));
        Assert.InRange(result.RelativeError, 0.05, 0.95);
        Assert.Equal(lost / whole, result.RelativeError, 1e-5);
        Assert.Equal(2, ((LoraConfig)result.Adapter.Config).Rank);
    }

    [Fact]
    public void Combine_ThenSave_LoadsAsTheSame()
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, "first", new LoraConfig { Rank = 3, Targets = ["q_proj"] });
        Attach(model, "second", new LoraConfig { Rank = 2, Targets = ["q_proj", "down_proj"] });
        string folder = Directory.CreateTempSubdirectory("peft-combined-").FullName;
        try
        {
            model.Adapters.Interpolate("both", "first", "second", 0.25).Adapter.Save(folder);
            Dictionary<string, Tensor> expected = Sum(model, ("both", 1));

            model.LoadAdapter(folder, "again");

            AssertChanges(expected, model, "again", 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Combine_KeepsWhatIsActive()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, "first", new LoraConfig { Rank = 3, Targets = Targets });
        Attach(model, "second", new LoraConfig { Rank = 3, Targets = Targets });
        model.Adapters.Activate("first");

        model.Adapters.Negate("not second", "second");

        Assert.Equal(["first"], model.Adapters.Active.Select(adapter => adapter.Name));
    }

    [Fact]
    public void Combine_OfWhatCannotBe_SaysWhyAndChangesNothing()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, "lora", new LoraConfig { Rank = 3, Targets = Targets });
        Attach(model, "other rank", new LoraConfig { Rank = 2, Targets = Targets });
        Attach(model, "dora", new DoraConfig { Rank = 3, Targets = Targets });
        Attach(model, "prompt", new PromptTuningConfig { Tokens = 3 });

        (string Id, string Words, Action Call)[] cases =
        [
            ("PEFT703", "'lorra'", () => model.Adapters.Combine("x", [("lorra", 1)])),
            ("PEFT304", "'lora'", () => model.Adapters.Combine("lora", [("lora", 1)])),
            ("PEFT303", "'prompt'", () => model.Adapters.Combine("x", [("prompt", 1)], new LoraCombination { Rank = 2 })),
            ("PEFT303", "Set Rank", () => model.Adapters.Combine("x", [("dora", 1)])),
            ("PEFT303", "differ", () => model.Adapters.Combine("x", [("lora", 1), ("other rank", 1)], new LoraCombination { Space = CombinationSpace.Factors })),
            ("PEFT303", "'dora'", () => model.Adapters.Combine("x", [("dora", 1)], new LoraCombination { Space = CombinationSpace.Factors })),
            ("PEFT202", "Density", () => model.Adapters.Combine("x", [("lora", 1)], new LoraCombination { Operator = CombinationOperator.Ties, Density = 1.5 })),
            ("PEFT202", "nothing to combine", () => model.Adapters.Combine("x", [])),
            ("PEFT202", "2 times", () => model.Adapters.Combine("x", [("lora", 1), ("lora", 1)])),
        ];

        foreach ((string id, string words, Action call) in cases)
        {
            PeftException error = Assert.Throws<PeftException>(call);
            Assert.Equal(id, error.Id);
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(4, model.Adapters.Count);
    }

    private static LoraConfig Config(string name) => name switch
    {
        "rank 2" => new LoraConfig { Rank = 2, Alpha = 8, Targets = Targets },
        "rank 5" => new LoraConfig { Rank = 5, Targets = ["q_proj"] },
        "rsLoRA" => new LoraConfig { Rank = 4, Alpha = 3, UseRsLora = true, Targets = Targets },
        "own bias" => new LoraConfig { Rank = 2, OwnBias = true, Targets = Targets },
        _ => new LoraConfig { Rank = 2, Targets = ["all-linear"] },
    };
}
