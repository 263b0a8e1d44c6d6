using Peft.Declarative.Tests.Methods.AdaLora;
using Peft.Declarative.Tests.Methods.BitFit;
using Peft.Declarative.Tests.Methods.Dora;
using Peft.Declarative.Tests.Methods.FullFineTuning;
using Peft.Declarative.Tests.Methods.Ia3;
using Peft.Declarative.Tests.Methods.LayerNormTuning;
using Peft.Declarative.Tests.Methods.Lora;
using Peft.Declarative.Tests.Methods.PromptTuning;
using Peft.Declarative.Tests.Methods.SparseMask;
using Peft.Declarative.Tests.Methods.Vera;

namespace Peft.Declarative.Tests.Methods;

/// <summary>The samples of every method: a new one is a file in its folder and a row here.</summary>
internal static class MethodSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        .. AdaLoraSamples.All,
        .. BitFitSamples.All,
        .. DoraSamples.All,
        .. FullFineTuningSamples.All,
        .. Ia3Samples.All,
        .. LayerNormTuningSamples.All,
        .. LoraSamples.All,
        .. PromptTuningSamples.All,
        .. SparseMaskSamples.All,
        .. VeraSamples.All,
    ];
}
