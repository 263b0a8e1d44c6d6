using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots.Products;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>Layers that are computed together with their adapters give what they give one after the other: the same loss and the same gradients.</summary>
public sealed class JointProductTests
{
    // One after the other, layers keep their inputs in float32; a joint product keeps bfloat16, whose numbers are off by up to 2⁻⁸.
    private const double OfKeptInputs = 1.0 / 256;

    public static TheoryData<string> Names { get; } = [.. JointModels.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void SumLoss_OfLayersWithAdapters_EqualsThatOfOneAfterTheOther(string name)
    {
        using CausalLanguageModel model = JointModels.All[name]();
        AssertSame(model, new MicroBatch(TinyModels.Ids(), TinyModels.Ids()), rounding: name.EndsWith("bfloat16", StringComparison.Ordinal) ? OfKeptInputs : 0);
    }

    [Theory]
    [InlineData("DoRA", "magnitude")]
    [InlineData("(IA)³ on all layers", "ia3_l")]
    public void SumLoss_OfFactorsOfZero_HasGradients(string name, string factors)
    {
        using CausalLanguageModel model = JointModels.All[name]();
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
        using CausalLanguageModel model = JointModels.With(JointModels.All[name](), new DoraConfig { Rank = 2, Targets = JointModels.AllLinear }, "second");
        AssertSame(model, new MicroBatch(TinyModels.Ids(), TinyModels.Ids()) { Adapters = ["first", "second"] });
        AssertSame(model, new MicroBatch(TinyModels.Ids(), TinyModels.Ids()) { Adapters = ["second", "second"] });
    }

    [Fact]
    public void SumLoss_BesideAMergedAdapter_EqualsThatOfOneAfterTheOther()
    {
        using CausalLanguageModel model = JointModels.With(JointModels.All["LoRA"](), new LoraConfig { Rank = 2, Targets = JointModels.AllLinear }, "second");
        model.Adapters.Activate("first");
        model.Merge();
        model.eval();
        AssertSame(model, new MicroBatch(TinyModels.Ids(), TinyModels.Ids()), trains: false);
    }

    [Theory]
    [InlineData("LoRA")]
    [InlineData("VeRA")]
    [InlineData("(IA)³ on all layers")]
    public void Backward_AfterTheParametersWereChanged_UsesThoseOfTheForwardPass(string name)
    {
        using CausalLanguageModel model = JointModels.All[name]();
        using DisposeScope scope = NewDisposeScope();
        var micro = new MicroBatch(TinyModels.Ids(), TinyModels.Ids());
        Tensor[] expected = SameGradients.Of(model, micro).Gradients;

        Tensor loss = model.SumLoss(micro) / SameGradients.Labels;
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

    private static void AssertSame(CausalLanguageModel model, MicroBatch micro, bool trains = true, double rounding = 0) =>
        SameGradients.With(model, micro, enabled => LayerProduct.IsEnabled = enabled, trains, rounding);
}
