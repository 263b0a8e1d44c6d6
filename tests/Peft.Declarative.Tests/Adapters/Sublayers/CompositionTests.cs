using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters.Sublayers;

public sealed class CompositionTests
{
    [Fact]
    public void Stack_InTheOtherOrder_IsAnotherModel()
    {
        using PretrainedModel model = TrainedBottlenecks.WithTwo("llama");
        using DisposeScope scope = NewDisposeScope();
        model.Adapters.Stack("x", "y");
        Tensor forth = TinyFamilies.Outputs(model);
        model.Adapters.Stack("y", "x");

        Assert.False(forth.allclose(TinyFamilies.Outputs(model)));
    }

    [Fact]
    public void Average_OfOneAdapterTwice_IsThatAdapter()
    {
        using PretrainedModel model = TinyFamilies.Make("bert");
        using DisposeScope scope = NewDisposeScope();
        TrainedBottlenecks.Add(model, new BottleneckConfig { Reduction = 4 }, "x");
        Tensor alone = TinyFamilies.Outputs(model);

        model.Adapters.Average(("x", 0.25), ("x", 0.75));

        Close.To(alone, TinyFamilies.Outputs(model), 1e-5, "outputs");
    }

    [Fact]
    public void Split_GivesEveryRowItsAdapter()
    {
        using PretrainedModel model = TrainedBottlenecks.WithTwo("llama");
        using DisposeScope scope = NewDisposeScope();
        model.Adapters["x"].Activate();
        Tensor x = TinyFamilies.Outputs(model);
        model.Adapters["y"].Activate();
        Tensor y = TinyFamilies.Outputs(model);

        model.Adapters.Split(("x", 1), ("y", 1));
        Tensor split = TinyFamilies.Outputs(model);

        Close.To(x[0], split[0], 1e-5, "the first row");
        Close.To(y[1], split[1], 1e-5, "the second row");
    }

    [Fact]
    public void Split_OfAnotherNumberOfRows_SaysBoth()
    {
        using PretrainedModel model = TrainedBottlenecks.WithTwo("llama");
        model.Adapters.Split(("x", 1), ("y", 2));

        PeftException error = Assert.Throws<PeftException>(() => TinyFamilies.Outputs(model));

        Assert.Contains("3 rows, but the batch has 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Disabled_InAComposition_BringsItBack()
    {
        using PretrainedModel model = TrainedBottlenecks.WithTwo("llama");
        using DisposeScope scope = NewDisposeScope();
        model.Adapters.Average("x", "y");
        Tensor before = TinyFamilies.Outputs(model);
        using (model.Adapters.Disabled())
        {
            Assert.False(before.allclose(TinyFamilies.Outputs(model)));
        }

        Close.Bits(before, TinyFamilies.Outputs(model), "outputs");
    }

    [Fact]
    public void Average_WithAnAdapterOfAnotherMethod_SaysWhich()
    {
        using PretrainedModel model = TrainedBottlenecks.WithTwo("llama");
        TrainedBottlenecks.Add(model, new LoraConfig { Rank = 2 }, "low");

        Assert.Contains("'low'", Assert.Throws<PeftException>(() => model.Adapters.Average("x", "low")).Message, StringComparison.Ordinal);
    }
}
