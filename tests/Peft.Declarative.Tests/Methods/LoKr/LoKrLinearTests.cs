using Peft.Declarative.Methods.LoKr;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Methods.LoHa;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.LoKr;

public sealed class LoKrLinearTests
{
    // [18, 12] is split into [3, 3] and [6, 4]; with a factor of 6 into [6, 6] and [3, 2], of 9 into [9, 3] and [2, 4].
    [Theory]
    [InlineData(2, -1, false, new[] { "lokr_w1", "lokr_w2_a", "lokr_w2_b" })]
    [InlineData(3, -1, true, new[] { "lokr_w1", "lokr_w2" })]
    [InlineData(1, -1, true, new[] { "lokr_w1_a", "lokr_w1_b", "lokr_w2_a", "lokr_w2_b" })]
    [InlineData(1, 6, true, new[] { "lokr_w1_a", "lokr_w1_b", "lokr_w2_a", "lokr_w2_b" })]
    [InlineData(2, 9, true, new[] { "lokr_w1_a", "lokr_w1_b", "lokr_w2" })]
    public void Forward_OfAnyFactors_IsTheFormula(int rank, int factor, bool both, string[] names)
    {
        using DisposeScope scope = NewDisposeScope();
        Linear frozen = LycorisLayers.Frozen();
        LoKrLinear layer = LycorisLayers.Perturbed(new LoKrLinear(frozen, "default", rank, scaling: 1.5, decomposeFactor: factor, decomposeBoth: both));

        Assert.Equal(names, LycorisLayers.Factors(layer).Keys);
        LycorisLayers.AssertIs(factors => 1.5 * Kronecker(Matrix(factors, "lokr_w1"), Matrix(factors, "lokr_w2")), layer, frozen);
    }

    [Theory]
    [InlineData(LoKrInit.Default, "lokr_w1_a")]
    [InlineData(LoKrInit.Lycoris, "lokr_w2_b")]
    [InlineData(LoKrInit.Random, null)]
    public void Start_OfAnInit_HasItsZero(LoKrInit init, string? zero)
    {
        using DisposeScope scope = NewDisposeScope();
        Linear frozen = LycorisLayers.Frozen();
        var layer = new LoKrLinear(frozen, "default", rank: 1, scaling: 1, decomposeBoth: true, init: init);

        Assert.Equal(zero, LycorisLayers.Factors(layer).SingleOrDefault(factor => factor.Value.abs().max().item<float>() == 0).Key);
        Assert.Equal(zero is not null, frozen.call(LycorisLayers.Inputs).eq(layer.call(LycorisLayers.Inputs)).all().item<bool>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RankDropout_InTraining_ScalesTheKeptRowsIfToldTo(bool rescales)
    {
        using DisposeScope scope = NewDisposeScope();
        Linear frozen = LycorisLayers.Frozen();
        LoKrLinear layer = LycorisLayers.Perturbed(new LoKrLinear(frozen, "default", rank: 2, scaling: 1, rankDropout: 0.5, rankDropoutScale: rescales));
        Tensor whole = layer.call(LycorisLayers.Inputs) - frozen.call(LycorisLayers.Inputs);

        layer.train();
        Tensor dropped = layer.call(LycorisLayers.Inputs) - frozen.call(LycorisLayers.Inputs);

        Tensor kept = dropped.abs().sum(dim: 1).sum(dim: 0).gt(1e-4);
        double share = kept.to(ScalarType.Float64).mean().item<double>();
        Assert.InRange(share, 0.1, 0.9);
        Close.To((whole * kept / (rescales ? share : 1)).detach(), dropped, 1e-5, "change");
    }

    private static Tensor Matrix(Dictionary<string, Parameter> factors, string name) =>
        factors.TryGetValue(name, out Parameter? whole) ? whole : factors[name + "_a"].mm(factors[name + "_b"]);

    // Entry [i · k + j, m · n + q] is first[i, m] · second[j, q].
    private static Tensor Kronecker(Tensor first, Tensor second) =>
        cat([.. Enumerable.Range(0, (int)first.size(0)).Select(i => cat([.. Enumerable.Range(0, (int)first.size(1)).Select(m => first[i, m] * second)], 1))], 0);
}
