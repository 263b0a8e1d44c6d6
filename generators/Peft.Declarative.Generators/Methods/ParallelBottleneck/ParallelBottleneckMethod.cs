using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Methods.Bottleneck;
using Peft.Declarative.Methods.ParallelBottleneck;

namespace Peft.Declarative.Generators.Methods.ParallelBottleneck;

/// <summary>Bottlenecks parallel to sublayers: parses, plans and writes [ParallelBottleneck].</summary>
internal sealed class ParallelBottleneckMethod : BottleneckMethod
{
    internal override MethodFacts Facts => ParallelBottleneckFacts.Method;

    internal override IEnumerable<KnownType> Types => [Public("ParallelBottleneckConfig")];
}
