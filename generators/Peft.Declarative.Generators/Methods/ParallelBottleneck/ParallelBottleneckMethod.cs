using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Methods.Bottleneck;

namespace Peft.Declarative.Generators.Methods.ParallelBottleneck;

/// <summary>Bottlenecks beside sublayers: reads [ParallelBottleneck], plans it, writes it.</summary>
internal sealed class ParallelBottleneckMethod : BottleneckMethod
{
    internal override string Name => "ParallelBottleneck";

    internal override IEnumerable<KnownType> Types => [Public("ParallelBottleneckConfig")];
}
