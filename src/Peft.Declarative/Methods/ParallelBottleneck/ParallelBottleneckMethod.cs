using Peft.Declarative.AdapterHub;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.Bottleneck;

namespace Peft.Declarative.Methods.ParallelBottleneck;

/// <summary>Bottlenecks parallel to sublayers at run time. In AdapterHub, they are an option of bottlenecks.</summary>
internal sealed class ParallelBottleneckMethod : BottleneckMethod
{
    public override MethodFacts Facts => ParallelBottleneckFacts.Method;

    public override Type ConfigType => typeof(ParallelBottleneckConfig);

    public override bool ReadsAdapterHub(AdapterHubFile file) => file.Blended is null && file.Architecture == PeftType && BottleneckAdapterHubSettings.IsParallel(file);

    public override AdapterConfig ReadAdapterHub(AdapterHubFile file) => BottleneckAdapterHubSettings.Read(file, new ParallelBottleneckConfig());
}
