using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Bottleneck;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.Bottleneck;

/// <summary>A bottleneck that is one function gives what its operations give one after the other: the same loss and the same gradients.</summary>
public sealed class BottleneckFunctionTests
{
    private static readonly Dictionary<string, AdapterConfig> Cases = new(StringComparer.Ordinal)
    {
        ["after the feed-forward network"] = new BottleneckConfig { Reduction = 4 },
        ["after both sublayers"] = new BottleneckConfig { Reduction = 4, Targets = [SublayerKind.Attention, SublayerKind.FeedForward], Scale = 0.5 },
        ["with the sum as residual"] = new BottleneckConfig { Reduction = 4, SumBefore = true, Residual = BottleneckResidual.Sum },
        ["with the normalized sum as residual"] = new BottleneckConfig { Reduction = 4, SumBefore = true, Residual = BottleneckResidual.Normalised, SumAfter = false },
        ["parallel"] = new ParallelBottleneckConfig { Reduction = 4 },
        ["with a trained scale"] = new BottleneckConfig { Reduction = 4, LearnedScale = ScaleLearning.Channel },
        ["with a gate"] = new BottleneckConfig { Reduction = 4, Gated = true },
        ["with norms"] = new BottleneckConfig { Reduction = 4, NormBefore = true, NormAfter = true },
        ["with a norm over the residual"] = new BottleneckConfig { Reduction = 4, NormAfter = true, ResidualBeforeNormAfter = true },
        ["with dropout"] = new BottleneckConfig { Reduction = 4, Dropout = 0.3 },
        ["with stochastic depth"] = new BottleneckConfig { Reduction = 4, StochasticDepth = 0.3 },
    };

    public static TheoryData<string> Names { get; } = [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void SumLoss_WithABottleneck_EqualsThatOfItsOperations(string name)
    {
        using CausalLanguageModel model = Model(Cases[name]);

        SameGradients.With(model, new MicroBatch(TinyModels.Ids(), TinyModels.Ids()), enabled => BottleneckFunction.IsEnabled = enabled);
    }

    [Fact]
    public void SumLoss_WithCheckpoints_EqualsThatOfTheOperations()
    {
        using CausalLanguageModel model = Model(Cases["after both sublayers"]);
        model.GradientCheckpointing = true;

        SameGradients.With(model, new MicroBatch(TinyModels.Ids(), TinyModels.Ids()), enabled => BottleneckFunction.IsEnabled = enabled);
    }

    [Fact]
    public void SumLoss_OfMixedRows_EqualsThatOfTheOperations()
    {
        using CausalLanguageModel model = Model(Cases["after both sublayers"], Cases["parallel"]);

        SameGradients.With(model, new MicroBatch(TinyModels.Ids(), TinyModels.Ids()) { Adapters = ["0", "1"] }, enabled => BottleneckFunction.IsEnabled = enabled);
    }

    [Fact]
    public void SumLoss_OfStackedBottlenecks_EqualsThatOfTheOperations()
    {
        using CausalLanguageModel model = Model(Cases["after both sublayers"], Cases["after the feed-forward network"]);

        SameGradients.With(model, new MicroBatch(TinyModels.Ids(), TinyModels.Ids()), enabled => BottleneckFunction.IsEnabled = enabled);
    }

    // The residual is the input, another tensor, or none; and each of input and projections can be frozen.
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Backward_OfAnyActivation_EqualsThatOfTheOperations(bool trainsInput, bool trainsProjections)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            for (int residual = 0; residual < 3; residual++)
            {
                Tensor[] leaves = Leaves(trainsInput, trainsProjections);
                Tensor[] same = Leaves(trainsInput, trainsProjections);
                Tensor weights = randn(2, 3, 6);

                Tensor actual = BottleneckFunction.Of(
                    leaves[0], Residual(leaves, residual), new BottleneckProjections(leaves[2], leaves[3], leaves[4], leaves[5]), activation, scale: 0.7);
                Tensor inner = ActivationFunctions.Of(activation)(nn.functional.linear(same[0], same[2], same[3]));
                Tensor expected = nn.functional.linear(inner, same[4], same[5]) * 0.7 + (Residual(same, residual) ?? zeros(1));
                (actual * weights).sum().backward();
                (expected * weights).sum().backward();

                Close.To(expected.detach(), actual, 1e-6, $"{activation}, residual {residual}");
                for (int i = 0; i < leaves.Length; i++)
                {
                    Assert.Equal(same[i].grad is null, leaves[i].grad is null);
                    Close.To(same[i].grad ?? zeros(0), leaves[i].grad ?? zeros(0), 1e-6, $"{activation}, residual {residual}, gradient {i}");
                }
            }
        }
    }

    private static Tensor? Residual(Tensor[] leaves, int kind) => kind == 0 ? null : leaves[kind - 1];

    // Input, residual, D, d, U, u.
    private static Tensor[] Leaves(bool trainsInput, bool trainsProjections)
    {
        random.manual_seed(11).Dispose();
        Tensor[] leaves = [randn(2, 3, 6), randn(2, 3, 6), randn(4, 6), randn(4), randn(6, 4), randn(6)];
        for (int i = 0; i < leaves.Length; i++)
        {
            leaves[i].mul_(0.5).requires_grad_(i < 2 ? trainsInput : trainsProjections);
        }

        return leaves;
    }

    private static CausalLanguageModel Model(params AdapterConfig[] configs)
    {
        CausalLanguageModel model = TinyModels.Llama();
        random.manual_seed(3).Dispose();
        for (int i = 0; i < configs.Length; i++)
        {
            model.Adapters.Attach(new Adapter($"{i}", configs[i]));
        }

        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in model.Adapters.SelectMany(adapter => adapter.Tensors))
        {
            tensor.Value.add_(randn_like(tensor.Value).mul_(0.1));
        }

        model.Adapters.Activate([.. model.Adapters.Select(adapter => adapter.Name)]);
        model.train();
        return model;
    }
}
