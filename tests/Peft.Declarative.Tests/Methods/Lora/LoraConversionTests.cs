using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using Peft.Declarative.Tests.Fixtures;
using static Peft.Declarative.Tests.Methods.Lora.LayerChanges;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.Lora;

/// <summary>
/// Adapters of other methods as LoRA, on both layouts of weights: [out, in] of a linear layer and [in, out] of GPT-2's Conv1D. What is compared are the outputs of
/// the layers, which the model computes by either adapter.
/// </summary>
public sealed class LoraConversionTests
{
    public static IEnumerable<object[]> Methods =>
        from family in (string[])["llama", "gpt2"]
        from method in (string[])["full", "sparse", "LoRA", "LoRA with biases", "rsLoRA", "DoRA", "LoHa", "LoKr", "(IA)³"]
        select new object[] { family, method };

    [Theory]
    [MemberData(nameof(Methods))]
    public void ConvertToLora_AtFullRank_ComputesTheSame(string family, string method)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        using CausalLanguageModel model = Model(family);
        string[] targets = TargetsOf(family);
        Attach(model, "first", method switch
        {
            "full" => new FullFineTuningConfig { Targets = targets },
            "sparse" => new SparseMaskConfig { Targets = targets, Density = 0.2, Choice = MaskChoice.Magnitude },
            "LoRA" => new LoraConfig { Rank = 3, Targets = targets },
            "LoRA with biases" => new LoraConfig { Rank = 3, Targets = targets, Bias = BiasTraining.AdaptedLayers },
            "rsLoRA" => new LoraConfig { Rank = 3, Alpha = 5, UseRsLora = true, Targets = targets },
            "DoRA" => new DoraConfig { Rank = 3, Targets = targets },
            "LoHa" => new LoHaConfig { Rank = 3, Targets = targets },
            "LoKr" => new LoKrConfig { Rank = 2, Targets = targets },
            _ => new Ia3Config { Targets = targets, FeedForward = [] },
        });
        Dictionary<string, Tensor> before = Outputs(model), expected = Outputs(model, "first");

        LoraApproximation lora = model.Adapters.ConvertToLora("first", "lora", rank: 32);

        Assert.InRange(lora.RelativeError, 0, 1e-4);
        Dictionary<string, Tensor> actual = Outputs(model, "lora");
        Assert.All(expected, entry => Close.To(entry.Value, actual[entry.Key], 2e-5 * Math.Max(1, entry.Value.abs().max().ToDouble()), entry.Key));
        Assert.Equal(
            targets.Order(),
            expected.Keys.Where(path => (expected[path] - before[path]).abs().max().item<float>() > 0.01f).Select(path => path.Split('.')[^1]).Distinct().Order());
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    public void ConvertToLora_OfFullFineTuningToALowRank_TellsWhatIsLost(string family)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        using CausalLanguageModel model = Model(family);
        Adapter full = Attach(model, "first", new FullFineTuningConfig { Targets = TargetsOf(family) });
        Dictionary<string, Tensor> bases = Slots(model).ToDictionary(slot => slot.Path, slot => (Tensor)slot.Base!.BaseWeight);
        double lost = 0, whole = 0;
        foreach ((string path, _) in full.Parts.Where(entry => entry.Part is Peft.Declarative.Adapters.TrainedWeight))
        {
            Tensor trained = full.Tensors.Single(tensor => tensor.Key == $"base_model.model.{path}.weight").Value;
            Tensor values = linalg.svdvals((trained - bases[path]).to(ScalarType.Float64)).square();
            lost += values[2..].sum().item<double>();
            whole += values.sum().item<double>();
        }

        LoraApproximation lora = model.Adapters.ConvertToLora("first", "lora", rank: 2);

        Assert.InRange(lora.RelativeError, 0.3, 0.95);
        Assert.Equal(Math.Sqrt(lost / whole), lora.RelativeError, 1e-4);
    }

    [Fact]
    public void ConvertToLora_OfATrainedEmbedding_FollowsItUnlessTheHeadSharesIt()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        using CausalLanguageModel untied = Model("llama"), tied = Model("gpt2");
        Attach(untied, "first", new FullFineTuningConfig { Targets = ["embed_tokens"] });
        Attach(tied, "first", new FullFineTuningConfig { Targets = ["wte"] });
        Tensor expected = Outputs(untied, "first")["model.embed_tokens"];

        untied.Adapters.ConvertToLora("first", "lora", rank: 32);

        Close.To(expected, Outputs(untied, "lora")["model.embed_tokens"], 1e-4, "embedding");
        Assert.Contains("output head has the same weight", Refusal(tied), StringComparison.Ordinal);
    }

    [Fact]
    public void ConvertToLora_WhileTheAdapterIsActive_IsTheSameChange()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        using CausalLanguageModel model = Model("gpt2");
        Attach(model, "first", new FullFineTuningConfig { Targets = TargetsOf("gpt2") });
        Attach(model, "second", new DoraConfig { Rank = 2, Targets = TargetsOf("gpt2") });
        Dictionary<string, Tensor> expected = Outputs(model, "second");
        model.Adapters.Activate("first");

        model.Adapters.ConvertToLora("second", "lora", rank: 32);

        Assert.All(Outputs(model, "lora"), entry => Close.To(expected[entry.Key], entry.Value, 1e-4, entry.Key));
    }

    [Theory]
    [InlineData("BitFit", "trains a bias without the weight beside it")]
    [InlineData("LayerNorm", "trains a norm, which is no matrix")]
    [InlineData("every layer", "trains a norm, which is no matrix")]
    [InlineData("LoRA with all biases", "trains a bias without the weight beside it")]
    public void ConvertToLora_OfWhatIsNoMatrix_SaysWhatItIs(string method, string reason)
    {
        using CausalLanguageModel model = Model("gpt2");
        Attach(model, "first", method switch
        {
            "BitFit" => new BitFitConfig(),
            "LayerNorm" => new LayerNormTuningConfig(),
            "every layer" => new FullFineTuningConfig { Targets = ["ln_1", "c_attn"] },
            _ => new LoraConfig { Rank = 2, Targets = ["c_attn"], Bias = BiasTraining.All },
        });

        string refusal = Refusal(model);

        Assert.Contains(reason, refusal, StringComparison.Ordinal);
        Assert.Contains("Merge the adapter and save the model instead.", refusal, StringComparison.Ordinal);
        Assert.Single(model.Adapters);
    }

    private static string Refusal(CausalLanguageModel model)
    {
        PeftException error = Assert.Throws<PeftException>(() => model.Adapters.ConvertToLora("first", "lora", rank: 4));
        Assert.Equal("PEFT303", error.Id);
        return error.Message;
    }

    // Biases that are not zero, or a factor of them would show nothing.
    private static CausalLanguageModel Model(string family)
    {
        CausalLanguageModel model = family == "gpt2" ? TinyModels.Gpt2() : TinyModels.Llama();
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        manual_seed(3);
        foreach (LayerSlot slot in Slots(model))
        {
            if (slot.Base?.bias is { } bias)
            {
                bias.copy_(randn_like(bias));
            }
        }

        model.eval();
        return model;
    }

    private static string[] TargetsOf(string family) => family == "gpt2" ? ["c_attn", "c_proj"] : ["q_proj", "down_proj"];

    private static IEnumerable<LayerSlot> Slots(CausalLanguageModel model) => SlotTree.Layers(model).Where(slot => slot.Base is not null);

    // The outputs of the layers with matrices for each unit of their input.
    private static Dictionary<string, Tensor> Outputs(CausalLanguageModel model, params string[] active)
    {
        model.Adapters.Activate(active);
        return Slots(model).Where(slot => slot.Base!.Kind != LayerKind.Norm).ToDictionary(
            slot => slot.Path,
            slot => ((nn.Module<Tensor, Tensor>)slot.Layer).call(slot.Base is Embedding ? arange(slot.Base.Input).unsqueeze(0) : eye(slot.Base!.Input)).clone());
    }
}
