using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Methods.AdaLora;
using Peft.Declarative.Generators.Methods.AdapterFusion;
using Peft.Declarative.Generators.Methods.BitFit;
using Peft.Declarative.Generators.Methods.Bottleneck;
using Peft.Declarative.Generators.Methods.Dora;
using Peft.Declarative.Generators.Methods.FullFineTuning;
using Peft.Declarative.Generators.Methods.Ia3;
using Peft.Declarative.Generators.Methods.LayerNormTuning;
using Peft.Declarative.Generators.Methods.LoHa;
using Peft.Declarative.Generators.Methods.LoKr;
using Peft.Declarative.Generators.Methods.Lora;
using Peft.Declarative.Generators.Methods.MixAndMatch;
using Peft.Declarative.Generators.Methods.MultitaskPromptTuning;
using Peft.Declarative.Generators.Methods.ParallelBottleneck;
using Peft.Declarative.Generators.Methods.Poly;
using Peft.Declarative.Generators.Methods.PrefixTuning;
using Peft.Declarative.Generators.Methods.PromptTuning;
using Peft.Declarative.Generators.Methods.PTuning;
using Peft.Declarative.Generators.Methods.SparseMask;
using Peft.Declarative.Generators.Methods.UniPelt;
using Peft.Declarative.Generators.Methods.Vera;
using Peft.Declarative.Generators.Parse;

namespace Peft.Declarative.Generators.Methods;

/// <summary>The methods that can be declared. A new one is a folder and a row here.</summary>
internal static class MethodCatalog
{
    internal static IReadOnlyList<AdapterMethod> All { get; } =
    [
        new AdaLoraMethod(),
        new AdapterFusionMethod(),
        new BitFitMethod(),
        new BottleneckMethod(),
        new DoraMethod(),
        new FullFineTuningMethod(),
        new Ia3Method(),
        new LayerNormTuningMethod(),
        new LoHaMethod(),
        new LoKrMethod(),
        new LoraMethod(),
        new MixAndMatchMethod(),
        new MultitaskPromptTuningMethod(),
        new ParallelBottleneckMethod(),
        new PolyMethod(),
        new PrefixTuningMethod(),
        new PromptTuningMethod(),
        new PTuningMethod(),
        new SparseMaskMethod(),
        new UniPeltMethod(),
        new VeraMethod(),
    ];

    private static readonly Dictionary<string, AdapterMethod> ByAttribute = All.ToDictionary(method => method.Name + nameof(Attribute), StringComparer.Ordinal);

    internal static AdapterMethod ByName(string name) => ByAttribute[name + nameof(Attribute)];

    /// <summary>Gets the method of an attribute; <see langword="null"/> if the attribute is not of this library.</summary>
    internal static AdapterMethod? Find(INamedTypeSymbol? attribute) =>
        attribute is not null && ByAttribute.TryGetValue(attribute.Name, out AdapterMethod? method) && attribute.IsOfTheLibrary() ? method : null;
}
