using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Gpu;
using Peft.Declarative.Training.Optimizers;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Peft.Declarative.Tests.Training.Optimizers;

/// <summary>States in host memory between steps: copies on every device, so that what a GPU does runs here too.</summary>
public sealed class PagedOptimizerTests
{
    [Fact]
    public void Step_Paged_EqualsTheSameBesideTheParameters() => PagedOptimizerCheck.Run(new DeviceCheckOptions(CPU, IsRehearsal: true));

    [Fact]
    public void LoadState_OfAPagedOptimizer_IsThatOfTheOther()
    {
        using DisposeScope scope = NewDisposeScope();
        using var value = new Parameter(ones(70, 70));
        using Optimizer paged = OptimizerCatalog.Make(OptimizerType.PagedAdamW8Bit, [("p", value)], 0);
        using Optimizer beside = OptimizerCatalog.Make(OptimizerType.AdamW8Bit, [("p", value)], 0);
        value.grad = full_like(value.detach(), 0.5);
        paged.Step(0.01);

        beside.LoadState(paged.State);

        Assert.All(paged.State, state => Close.Bits(state.Value, beside.State[state.Key], state.Key));
        Assert.True(paged.State["absmax1.p"].max().item<float>() > 0);
    }
}
