using Peft.Declarative.Methods.LoHa;
using Peft.Declarative.Methods.Lora.Combination;
using Peft.Declarative.Tests.Fixtures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.LoHa;

public sealed class LoHaLinearTests
{
    // rank² · (12 + 18) is below 12 · 18 up to a rank of 2, and the other way is taken from 3 on.
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(5, false)]
    public void Forward_OfAnyRank_IsTheFormula(int rank, bool hasFactors)
    {
        using DisposeScope scope = NewDisposeScope();
        Linear frozen = LycorisLayers.Frozen();
        LoHaLinear layer = LycorisLayers.Perturbed(new LoHaLinear(frozen, "default", rank, scaling: 1.5));

        LycorisLayers.AssertIs(
            factors => 1.5 * factors["hada_w1_a"].mm(factors["hada_w1_b"]) * factors["hada_w2_a"].mm(factors["hada_w2_b"]), layer, frozen);
        Assert.Equal(hasFactors, ((ILowRank)layer).HasFactors);
    }

    [Fact]
    public void Start_OfDefault_IsTheBaseAndHasTheShapesOfTheFile()
    {
        using DisposeScope scope = NewDisposeScope();
        Linear frozen = LycorisLayers.Frozen();
        var layer = new LoHaLinear(frozen, "default", rank: 4, scaling: 1);
        Dictionary<string, Parameter> factors = LycorisLayers.Factors(layer);

        Close.Bits(frozen.call(LycorisLayers.Inputs), layer.call(LycorisLayers.Inputs), "output");
        Assert.Equal([LycorisLayers.Output, 4], factors["hada_w1_a"].shape);
        Assert.Equal([4, LycorisLayers.Input], factors["hada_w1_b"].shape);
        Assert.Equal(0, factors["hada_w2_b"].abs().max().item<float>());
        Assert.InRange(factors["hada_w2_a"].abs().max().item<float>(), 0.3, 0.5);     // 1/√4
        Assert.InRange(factors["hada_w1_b"].abs().max().item<float>(), 0.2, 0.2887);  // 1/√12
    }

    [Fact]
    public void Start_OfRandom_IsNotTheBase()
    {
        using DisposeScope scope = NewDisposeScope();
        Linear frozen = LycorisLayers.Frozen();
        var layer = new LoHaLinear(frozen, "default", rank: 4, scaling: 1, init: LoHaInit.Random);

        Assert.False(frozen.call(LycorisLayers.Inputs).allclose(layer.call(LycorisLayers.Inputs)));
    }

    [Fact]
    public void RankDropout_InTraining_DropsRowsAndScalesTheOthers()
    {
        using DisposeScope scope = NewDisposeScope();
        Linear frozen = LycorisLayers.Frozen();
        LoHaLinear layer = LycorisLayers.Perturbed(new LoHaLinear(frozen, "default", rank: 2, scaling: 1, rankDropout: 0.5));
        Tensor whole = layer.call(LycorisLayers.Inputs) - frozen.call(LycorisLayers.Inputs);

        layer.train();
        Tensor dropped = layer.call(LycorisLayers.Inputs) - frozen.call(LycorisLayers.Inputs);

        Tensor kept = dropped.abs().sum(dim: 1).sum(dim: 0).gt(1e-4);   // by output features: the same in all places of a call
        double share = kept.to(ScalarType.Float64).mean().item<double>();
        Assert.InRange(share, 0.1, 0.9);
        Close.To((whole * kept / share).detach(), dropped, 1e-5, "change");
    }

    [Fact]
    public void ModuleDropout_InTraining_LeavesAGradientOfZero()
    {
        using DisposeScope scope = NewDisposeScope();
        Linear frozen = LycorisLayers.Frozen();
        LoHaLinear layer = LycorisLayers.Perturbed(new LoHaLinear(frozen, "default", rank: 2, scaling: 1, moduleDropout: 0.5));
        layer.train();
        Tensor inputs = LycorisLayers.Inputs;
        var kinds = new HashSet<bool>();
        for (int call = 0; call < 20; call++)
        {
            Tensor output = layer.call(inputs);
            output.sum().backward();
            bool isBase = output.eq(frozen.call(inputs)).all().item<bool>();
            Assert.All(LycorisLayers.Factors(layer), factor => Assert.Equal(isBase, factor.Value.grad!.abs().sum().item<float>() == 0));
            LycorisLayers.Factors(layer).Values.ToList().ForEach(factor => factor.grad = null);
            kinds.Add(isBase);
        }

        Assert.Equal(2, kinds.Count);
    }
}
