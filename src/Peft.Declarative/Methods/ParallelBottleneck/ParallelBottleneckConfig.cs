using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.ParallelBottleneck;

namespace Peft.Declarative;

/// <summary>A bottleneck beside a sublayer, as AdapterHub's adapter_config.json describes it.</summary>
public sealed record ParallelBottleneckConfig : BottleneckConfig
{
    /// <summary>A bottleneck with the reduction of the method's paper.</summary>
    public ParallelBottleneckConfig() => Reduction = ParallelBottleneckFacts.Reduction;

    internal override MethodFacts Facts => ParallelBottleneckFacts.Method;

    internal override bool IsParallel => true;

    internal override Activation EffectiveActivation => Activation ?? Peft.Declarative.Activation.Relu;

    internal override double EffectiveScale => Scale ?? ParallelBottleneckFacts.Scale;

    internal override bool ReadsSum => SumBefore ?? false;

    internal override BottleneckInit EffectiveInit => Init == BottleneckInit.Default ? BottleneckInit.ZeroUp : Init;
}
