using Peft.Declarative.Tests.Methods.AdaLora;
using Peft.Declarative.Tests.Methods.AdapterFusion;
using Peft.Declarative.Tests.Methods.BitFit;
using Peft.Declarative.Tests.Methods.Bottleneck;
using Peft.Declarative.Tests.Methods.Dora;
using Peft.Declarative.Tests.Methods.FullFineTuning;
using Peft.Declarative.Tests.Methods.Ia3;
using Peft.Declarative.Tests.Methods.LayerNormTuning;
using Peft.Declarative.Tests.Methods.LoHa;
using Peft.Declarative.Tests.Methods.LoKr;
using Peft.Declarative.Tests.Methods.Lora;
using Peft.Declarative.Tests.Methods.MixAndMatch;
using Peft.Declarative.Tests.Methods.MultitaskPromptTuning;
using Peft.Declarative.Tests.Methods.ParallelBottleneck;
using Peft.Declarative.Tests.Methods.Poly;
using Peft.Declarative.Tests.Methods.PrefixTuning;
using Peft.Declarative.Tests.Methods.PromptTuning;
using Peft.Declarative.Tests.Methods.PTuning;
using Peft.Declarative.Tests.Methods.SparseMask;
using Peft.Declarative.Tests.Methods.UniPelt;
using Peft.Declarative.Tests.Methods.Vera;

namespace Peft.Declarative.Tests.Methods;

/// <summary>The samples of every method: a new one is a file in its folder and a row here.</summary>
internal static class MethodSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        .. AdaLoraSamples.All,
        .. AdapterFusionSamples.All,
        .. BitFitSamples.All,
        .. BottleneckSamples.All,
        .. DoraSamples.All,
        .. FullFineTuningSamples.All,
        .. Ia3Samples.All,
        .. LayerNormTuningSamples.All,
        .. LoHaSamples.All,
        .. LoKrSamples.All,
        .. LoraSamples.All,
        .. MixAndMatchSamples.All,
        .. MultitaskPromptTuningSamples.All,
        .. ParallelBottleneckSamples.All,
        .. PolySamples.All,
        .. PrefixTuningSamples.All,
        .. PromptTuningSamples.All,
        .. PTuningSamples.All,
        .. SparseMaskSamples.All,
        .. UniPeltSamples.All,
        .. VeraSamples.All,
    ];
}
