using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Products;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>Layers that are computed together with their adapters give what they give one after the other: the same loss and the same gradients.</summary>
public sealed class JointProductTests
{
    private const double Tolerance = 1e-6;
    private const float Labels = 12;   // of the sample ids: all but the first of each row

    private static readonly string[] AllLinear = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    private static readonly Dictionary<string, Func<CausalLanguageModel>> Cases = new(StringComparer.Ordinal)
    {
        ["LoRA"] = () => Llama(new LoraConfig { Rank = 3, Targets = AllLinear }),
        ["LoRA of several ranks"] = () => Llama(new LoraConfig { Rank = 3, Alpha = 5, Targets = AllLinear, RankPattern = [new("v_proj", 2)] }),
        ["LoRA with dropout"] = () => Llama(new LoraConfig { Rank = 3, Dropout = 0.3, Targets = AllLinear }),
        ["LoRA with own biases"] = () => Llama(new LoraConfig { Rank = 3, OwnBias = true, Targets = AllLinear }),
        ["gated LoRA"] = () => Llama(new LoraConfig { Rank = 3, Gated = true, Targets = AllLinear }),
        ["LoRA and trained biases"] = () => With(Biased(), new LoraConfig { Rank = 3, Bias = BiasTraining.All, Targets = AllLinear }),
        ["LoRA over biases"] = () => With(Biased(), new LoraConfig { Rank = 3, Targets = AllLinear }),
        ["LoRA over bfloat16"] = () => With(Prepared(model => model.Use(Precision.BFloat16)), new LoraConfig { Rank = 3, Targets = AllLinear }),
        ["LoRA over 4 bits"] = () => With(Prepared(model => model.Quantize(new QuantizationSettings())), new LoraConfig { Rank = 3, Targets = AllLinear }),
        ["LoRA on GPT-2"] = () => With(TinyModels.Gpt2(), new LoraConfig { Rank = 3, Targets = ["c_attn", "c_proj", "c_fc"] }),
        ["two LoRAs"] = () => With(Llama(new LoraConfig { Rank = 3, Targets = AllLinear }), new LoraConfig { Rank = 2, Targets = ["q_proj", "up_proj"] }, "second"),
        ["(IA)³ and LoRA"] = () => With(Llama(new Ia3Config()), new LoraConfig { Rank = 2, Targets = AllLinear }, "second"),
        ["DoRA"] = () => Llama(new DoraConfig { Rank = 3, Targets = AllLinear }),
        ["DoRA with dropout"] = () => Llama(new DoraConfig { Rank = 3, Dropout = 0.3, Targets = AllLinear }),
        ["DoRA over biases"] = () => With(Biased(), new DoraConfig { Rank = 3, Targets = AllLinear }),
        ["DoRA over 4 bits"] = () => With(Prepared(model => model.Quantize(new QuantizationSettings())), new DoraConfig { Rank = 3, Targets = AllLinear }),
        ["DoRA on GPT-2"] = () => With(TinyModels.Gpt2(), new DoraConfig { Rank = 3, Targets = ["c_attn", "c_proj", "c_fc"] }),
        ["VeRA"] = () => Llama(new VeraConfig { Rank = 5, Targets = AllLinear }),
        ["VeRA with dropout"] = () => Llama(new VeraConfig { Rank = 5, Dropout = 0.3, Targets = AllLinear }),
        ["VeRA over biases"] = () => With(Biased(), new VeraConfig { Rank = 5, Targets = AllLinear }),
        ["VeRA and trained biases"] = () => With(Biased(), new VeraConfig { Rank = 5, Bias = BiasTraining.All, Targets = AllLinear }),
        ["VeRA over bfloat16"] = () => With(Prepared(model => model.Use(Precision.BFloat16)), new VeraConfig { Rank = 5, Targets = AllLinear }),
        ["VeRA over 4 bits"] = () => With(Prepared(model => model.Quantize(new QuantizationSettings())), new VeraConfig { Rank = 5, Targets = AllLinear }),
        ["VeRA on GPT-2"] = () => With(TinyModels.Gpt2(), new VeraConfig { Rank = 5, Targets = ["c_attn", "c_proj", "c_fc"] }),
        ["VeRA beside LoRA"] = () => With(Llama(new VeraConfig { Rank = 5, Targets = ["q_proj", "k_proj"] }), new LoraConfig { Rank = 2, Targets = ["v_proj"] }, "second"),
        ["VeRA within LoRA"] = () => With(Llama(new VeraConfig { Rank = 5, Targets = AllLinear }), new LoraConfig { Rank = 2, Targets = AllLinear }, "second"),
        ["(IA)³"] = () => Llama(new Ia3Config()),
        ["(IA)³ on all layers"] = () => Llama(new Ia3Config { Targets = AllLinear, FeedForward = ["o_proj", "up_proj", "down_proj"] }),
        ["(IA)³ over biases"] = () => With(Biased(), new Ia3Config { Targets = AllLinear, FeedForward = ["up_proj", "down_proj"] }),
        ["(IA)³ over bfloat16"] = () => With(Prepared(model => model.Use(Precision.BFloat16)), new Ia3Config { Targets = AllLinear, FeedForward = ["down_proj"] }),
        ["(IA)³ over 4 bits"] = () => With(Prepared(model => model.Quantize(new QuantizationSettings())), new Ia3Config { Targets = AllLinear, FeedForward = ["down_proj"] }),
        ["(IA)³ on GPT-2"] = () => With(TinyModels.Gpt2(), new Ia3Config { Targets = ["c_attn", "mlp.c_proj"], FeedForward = ["mlp.c_proj"] }),
        ["two (IA)³"] = () => With(Llama(new Ia3Config()), new Ia3Config(), "second"),
        ["LoRA and (IA)³"] = () => With(Llama(new LoraConfig { Rank = 2, Targets = AllLinear }), new Ia3Config(), "second"),
        ["LoRA with checkpoints"] = () => Checkpointed(Llama(new LoraConfig { Rank = 3, Dropout = 0.3, Targets = AllLinear })),
        ["DoRA with checkpoints"] = () => Checkpointed(Llama(new DoraConfig { Rank = 3, Targets = AllLinear })),
        ["(IA)³ with checkpoints"] = () => Checkpointed(Llama(new Ia3Config())),
        ["VeRA with checkpoints"] = () => Checkpointed(Llama(new VeraConfig { Rank = 5, Dropout = 0.3, Targets = AllLinear })),
    };

    public static TheoryData<string> Names { get; } = [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void SumLoss_OfLayersWithAdapters_EqualsThatOfOneAfterTheOther(string name)
    {
        using CausalLanguageModel model = Cases[name]();
        AssertSame(model, new MicroBatch(TinyModels.Ids(), TinyModels.Ids()));
    }

    [Theory]
    [InlineData("LoRA", true)]
    [InlineData("LoRA with dropout", true)]
    [InlineData("LoRA over biases", true)]
    [InlineData("LoRA over bfloat16", true)]
    [InlineData("LoRA over 4 bits", true)]
    [InlineData("DoRA", true)]
    [InlineData("DoRA over 4 bits", true)]
    [InlineData("VeRA", true)]
    [InlineData("VeRA with dropout", true)]
    [InlineData("VeRA over 4 bits", true)]
    [InlineData("(IA)³ on all layers", true)]
    [InlineData("(IA)³ over biases", true)]
    [InlineData("(IA)³ over 4 bits", true)]
    [InlineData("LoRA with own biases", false)]
    [InlineData("gated LoRA", false)]
    [InlineData("LoRA and trained biases", false)]
    [InlineData("DoRA with dropout", false)]
    [InlineData("VeRA and trained biases", false)]
    public void Product_OfALayerWithItsAdapter_IsJointWhereNothingElseIsDone(string name, bool joint)
    {
        using CausalLanguageModel model = Cases[name]();
        using DisposeScope scope = NewDisposeScope();
        var layer = (AdapterLayer)((LlamaForCausalLM)model).model.layers[0].self_attn.q_proj;
        Tensor input = ones(1, 2, 32).requires_grad_(true);

        Assert.Equal(joint, LayerProduct.Of(layer.Base, layer, input) is not null);
        using (no_grad())
        {
            Assert.Null(LayerProduct.Of(layer.Base, layer, input));
        }
    }

    [Theory]
    [InlineData("DoRA", "magnitude")]
    [InlineData("(IA)³ on all layers", "ia3_l")]
    public void SumLoss_OfFactorsOfZero_HasGradients(string name, string factors)
    {
        using CausalLanguageModel model = Cases[name]();
        using (no_grad())
        {
            foreach ((string key, TorchSharp.Modules.Parameter value) in model.TrainableParameters)
            {
                if (key.Contains(factors, StringComparison.Ordinal))
                {
                    value.view(-1)[1] = 0;
                }
            }
        }

        AssertSame(model, new MicroBatch(TinyModels.Ids(), TinyModels.Ids()));
    }

    [Theory]
    [InlineData("LoRA")]
    [InlineData("VeRA")]
    [InlineData("(IA)³ on all layers")]
    public void SumLoss_OfMixedRows_EqualsThatOfOneAfterTheOther(string name)
    {
        using CausalLanguageModel model = With(Cases[name](), new DoraConfig { Rank = 2, Targets = AllLinear }, "second");
        AssertSame(model, new MicroBatch(TinyModels.Ids(), TinyModels.Ids()) { Adapters = ["first", "second"] });
        AssertSame(model, new MicroBatch(TinyModels.Ids(), TinyModels.Ids()) { Adapters = ["second", "second"] });
    }

    [Fact]
    public void SumLoss_BesideAMergedAdapter_EqualsThatOfOneAfterTheOther()
    {
        using CausalLanguageModel model = With(Llama(new LoraConfig { Rank = 3, Targets = AllLinear }), new LoraConfig { Rank = 2, Targets = AllLinear }, "second");
        model.Adapters.Activate("first");
        model.Merge();
        model.eval();
        AssertSame(model, new MicroBatch(TinyModels.Ids(), TinyModels.Ids()), trains: false);
    }

    [Fact]
    public void Forward_OfALayerWithAHook_CallsTheHook()
    {
        using CausalLanguageModel model = Llama(new LoraConfig { Rank = 3, Targets = ["q_proj"] });
        LlamaAttention attention = ((LlamaForCausalLM)model).model.layers[0].self_attn;
        int calls = 0;
        Tensor Count(nn.Module<Tensor, Tensor> module, Tensor input, Tensor output)
        {
            calls++;
            return output;
        }

        attention.q_proj.register_forward_hook(Count);
        attention.k_proj.register_forward_hook(Count);
        ((AdapterLayer)attention.q_proj).Base.register_forward_hook(Count);
        using DisposeScope scope = NewDisposeScope();

        model.SumLoss(new MicroBatch(TinyModels.Ids(), TinyModels.Ids())).backward();

        Assert.Equal(3, calls);
    }

    [Fact]
    public void Term_OfAClassThatChangesThePart_IsNone()
    {
        using var scope = NewDisposeScope();
        using var layer = new Peft.Declarative.Layers.Linear(4, 4, hasBias: false);
        layer.weight = new TorchSharp.Modules.Parameter(eye(4), requires_grad: false);
        using var doubled = new Doubled(layer);
        Tensor x = ones(1, 4).requires_grad_(true);

        Assert.Null(doubled.Term(x));
        Assert.True(doubled.call(x).eq(2).all().item<bool>());
    }

    [Theory]
    [InlineData("LoRA")]
    [InlineData("VeRA")]
    [InlineData("(IA)³ on all layers")]
    public void Backward_AfterTheParametersWereChanged_UsesThoseOfTheForwardPass(string name)
    {
        using CausalLanguageModel model = Cases[name]();
        using DisposeScope scope = NewDisposeScope();
        var micro = new MicroBatch(TinyModels.Ids(), TinyModels.Ids());
        Tensor[] expected = Gradients(model, micro).Gradients;

        Tensor loss = model.SumLoss(micro) / Labels;
        using (no_grad())
        {
            foreach ((_, TorchSharp.Modules.Parameter value) in model.TrainableParameters)
            {
                value.mul_(2);
                value.grad = null;
            }
        }

        loss.backward();

        foreach ((Tensor wanted, (_, TorchSharp.Modules.Parameter value)) in expected.Zip(model.TrainableParameters))
        {
            Close.To(wanted, value.grad!, 1e-5, "gradient");
        }
    }

    [Theory]
    [InlineData("LoRA")]
    [InlineData("DoRA")]
    [InlineData("VeRA")]
    [InlineData("(IA)³ on all layers")]
    public void Backward_OfALayerWhoseInputOrAdapterIsFrozen_GivesTheOtherItsGradients(string name)
    {
        using CausalLanguageModel model = Cases[name]();
        LlamaAttention attention = ((LlamaForCausalLM)model).model.layers[0].self_attn;
        foreach (nn.Module<Tensor, Tensor> layer in new[] { attention.q_proj, attention.o_proj })
        {
            AssertSameWherePartsAreFrozen((AdapterLayer)layer);
        }
    }

    private static void AssertSameWherePartsAreFrozen(AdapterLayer layer)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(7).Dispose();
        Tensor values = randn(2, 3, 32);
        Tensor weights = randn(2, 3, 32);
        foreach ((bool input, bool adapter) in new[] { (true, false), (false, true), (true, true) })
        {
            Tensor[] joint = LayerGradients(layer, values, weights, input, adapter);
            LayerProduct.IsEnabled = false;
            try
            {
                Tensor[] expected = LayerGradients(layer, values, weights, input, adapter);
                Assert.Equal(expected.Length, joint.Length);
                for (int i = 0; i < joint.Length; i++)
                {
                    Close.To(expected[i], joint[i], Tolerance, $"gradient {i}, input {input}, adapter {adapter}");
                }
            }
            finally
            {
                LayerProduct.IsEnabled = true;
            }
        }
    }

    private static Tensor[] LayerGradients(AdapterLayer layer, Tensor values, Tensor weights, bool input, bool adapter)
    {
        TorchSharp.Modules.Parameter[] own = [.. layer.TensorsAt("layer").Select(tensor => (TorchSharp.Modules.Parameter)tensor.Value)];
        Array.ForEach(own, parameter => parameter.requires_grad = adapter);
        Tensor x = values.clone().requires_grad_(input);
        (layer.call(x) * weights).sum().backward();
        Tensor[] gradients = [.. (adapter ? own : []).Append(x).Where(tensor => tensor.requires_grad).Select(tensor => tensor.grad!.clone())];
        Array.ForEach(own, parameter => parameter.grad = null);
        return gradients;
    }

    private static void AssertSame(CausalLanguageModel model, MicroBatch micro, bool trains = true)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor loss, Tensor[] gradients) = Gradients(model, micro, trains);
        LayerProduct.IsEnabled = false;
        try
        {
            (Tensor expected, Tensor[] expectedGradients) = Gradients(model, micro, trains);
            Close.To(expected, loss, Tolerance, "loss");
            Assert.Equal(trains ? model.TrainableParameters.Count : 0, gradients.Count(gradient => gradient is not null));
            for (int i = 0; i < gradients.Length; i++)
            {
                Close.To(expectedGradients[i], gradients[i], Tolerance, $"gradient {i}");
            }
        }
        finally
        {
            LayerProduct.IsEnabled = true;
        }
    }

    private static (Tensor Loss, Tensor[] Gradients) Gradients(CausalLanguageModel model, MicroBatch micro, bool trains = true)
    {
        random.manual_seed(5).Dispose();   // of dropout
        Tensor loss = model.SumLoss(micro) / Labels;
        if (!trains)
        {
            return (loss.detach(), []);
        }

        loss.backward();
        Tensor[] gradients = [.. model.TrainableParameters.Select(parameter => parameter.Value.grad is { } gradient ? gradient.clone() : zeros(1))];
        foreach ((_, TorchSharp.Modules.Parameter value) in model.TrainableParameters)
        {
            value.grad = null;
        }

        return (loss.detach(), gradients);
    }

    private static CausalLanguageModel Llama(AdapterConfig config) => With(TinyModels.Llama(), config);

    private static LlamaForCausalLM Biased() =>
        LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { QueryKeyValueBias = true, OutputBias = true, FeedForwardBias = true }, seed: 1);

    private static LlamaForCausalLM Prepared(Action<LlamaForCausalLM> prepare)
    {
        LlamaForCausalLM model = TinyModels.Llama();
        prepare(model);
        return model;
    }

    private static CausalLanguageModel Checkpointed(CausalLanguageModel model)
    {
        model.GradientCheckpointing = true;
        return model;
    }

    private static CausalLanguageModel With(CausalLanguageModel model, AdapterConfig config, string name = "first")
    {
        var adapter = new Adapter(name, config);
        model.Adapters.Attach(adapter);
        random.manual_seed(3).Dispose();
        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in adapter.Tensors)
        {
            tensor.Value.add_(randn_like(tensor.Value).mul_(0.1));
        }

        model.Adapters.Activate([.. model.Adapters.Select(other => other.Name)]);
        model.train();
        return model;
    }

    private sealed class Doubled(nn.Module<Tensor, Tensor> frozen) : Peft.Declarative.Methods.Lora.LoraLinear(frozen, "default", rank: 2, scaling: 1)
    {
        protected internal override Tensor AdaptOutput(Tensor input, Tensor output) => output * 2;
    }
}
