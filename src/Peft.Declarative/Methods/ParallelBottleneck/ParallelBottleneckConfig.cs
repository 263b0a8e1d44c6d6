using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.ParallelBottleneck;

namespace Peft.Declarative;

/// <summary>The config of a bottleneck parallel to a sublayer, as in AdapterHub's adapter_config.json.</summary>
public sealed record ParallelBottleneckConfig : BottleneckConfig
{
    /// <summary>Creates a config with the reduction of the method's paper.</summary>
    public ParallelBottleneckConfig() => Reduction = ParallelBottleneckFacts.Reduction;

    internal override MethodFacts Facts => ParallelBottleneckFacts.Method;

    internal override bool IsParallel => true;

    internal override Activation EffectiveActivation => Activation ?? Peft.Declarative.Activation.Relu;

    internal override double EffectiveScale => Scale ?? ParallelBottleneckFacts.Scale;

    internal override bool ReadsSum => SumBefore ?? false;

    internal override BottleneckInit EffectiveInit => Init == BottleneckInit.Default ? BottleneckInit.ZeroUp : Init;
}
