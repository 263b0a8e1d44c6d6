using Peft.Declarative.Adapters;
using Peft.Declarative.Adapters.Hub;
using Peft.Declarative.Methods.Bottleneck;

namespace Peft.Declarative.Methods.ParallelBottleneck;

/// <summary>Bottlenecks beside sublayers. AdapterHub keeps them as a switch of its bottlenecks.</summary>
internal sealed class ParallelBottleneckMethod : BottleneckMethod
{
    public override MethodFacts Facts => ParallelBottleneckFacts.Method;

    public override Type ConfigType => typeof(ParallelBottleneckConfig);

    public override bool ReadsHub(HubFile file) => file.Blended is null && file.Architecture == PeftType && BottleneckHubSettings.IsParallel(file);

    public override AdapterConfig ReadHub(HubFile file) => BottleneckHubSettings.Read(file, new ParallelBottleneckConfig());
}
