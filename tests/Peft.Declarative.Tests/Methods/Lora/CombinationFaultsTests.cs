using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using static Peft.Declarative.Tests.Methods.Lora.LayerChanges;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.Lora;

/// <summary>
/// Where combinations deviate from the reference library, each listed in Data/reference-faults.json: here is the sum of what the adapters change, and what the
/// reference library computes is another change.
/// </summary>
public sealed class CombinationFaultsTests
{
    private const double Least = 0.05;

    private static readonly string[] Targets = ["q_proj", "down_proj"];
    private static readonly (string, double)[] Weights = [("first", 0.7), ("second", 0.3)];

    public static TheoryData<string> Listed { get; } = new(ReferenceFaults.PartsOf("combination"));

    [Fact]
    public void List_HasEveryDeviation() => Assert.Equal(
        ["combination: DoRA", "combination: factors", "combination: own bias", "combination: rsLoRA", "combination: truncated"], ReferenceFaults.PartsOf("combination").Order());

    [Theory]
    [MemberData(nameof(Listed))]
    public void Combine_WhereTheReferenceDeviates_IsTheSumOfTheChanges(string part)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        using LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, "first", new LoraConfig { Rank = 3, Alpha = 6, Targets = Targets });
        Attach(model, "second", part switch
        {
            "combination: DoRA" => new DoraConfig { Rank = 3, Alpha = 6, Targets = Targets },
            "combination: own bias" => new LoraConfig { Rank = 3, Alpha = 6, OwnBias = true, Targets = Targets },
            "combination: rsLoRA" => new LoraConfig { Rank = 3, Alpha = 6, UseRsLora = true, Targets = Targets },
            _ => new LoraConfig { Rank = 3, Alpha = 6, Targets = Targets },
        });
        Dictionary<string, Tensor> sum = Sum(model, Weights);

        model.Adapters.Combine("ours", Weights, new LoraCombination { Rank = part is "combination: DoRA" ? 32 : null });

        AssertChanges(sum, model, "ours", 2e-5);
        Assert.False(((LoraConfig)model.Adapters["ours"].Config).UseRsLora);
        Dictionary<string, Tensor> theirs = Theirs(model, part, sum);
        Assert.All(sum, entry => Assert.True((theirs[entry.Key] - entry.Value).norm().item<float>() > Least * entry.Value.norm().item<float>(), $"{part} at {entry.Key}"));
    }

    // By the options that repeat the reference library, which the fixtures check; by arithmetic where there is none.
    private static Dictionary<string, Tensor> Theirs(LlamaForCausalLM model, string part, Dictionary<string, Tensor> sum)
    {
        switch (part)
        {
            case "combination: factors":
                model.Adapters.Combine("theirs", Weights, new LoraCombination { Space = CombinationSpace.Factors });
                return Changes(model, "theirs");
            case "combination: truncated":
                model.Adapters.Combine("theirs", Weights, new LoraCombination { Rank = 6, ScalesTwice = true });
                return Changes(model, "theirs");
            case "combination: rsLoRA":
                return sum.ToDictionary(entry => entry.Key, entry => entry.Value * Math.Sqrt(6));
            default:
                Dictionary<string, Tensor> first = Changes(model, "first");
                return first.ToDictionary(entry => entry.Key, entry => (entry.Value * 0.7) + (Product(model.Adapters["second"], entry.Key) * 0.3));
        }
    }

    // Of the factors alone, without magnitude and bias.
    private static Tensor Product(Adapter adapter, string path)
    {
        Tensor Of(string factor) => adapter.Tensors.Single(tensor => tensor.Key == $"base_model.model.{path}.{factor}.weight").Value;
        return Of("lora_B").mm(Of("lora_A")).t() * 2;
    }
}
