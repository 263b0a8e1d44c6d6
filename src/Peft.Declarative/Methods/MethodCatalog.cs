using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Peft.Declarative.AdapterHub;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.AdaLora;
using Peft.Declarative.Methods.AdapterFusion;
using Peft.Declarative.Methods.BitFit;
using Peft.Declarative.Methods.Bottleneck;
using Peft.Declarative.Methods.Dora;
using Peft.Declarative.Methods.FullFineTuning;
using Peft.Declarative.Methods.Ia3;
using Peft.Declarative.Methods.LayerNormTuning;
using Peft.Declarative.Methods.LoHa;
using Peft.Declarative.Methods.LoKr;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Methods.MixAndMatch;
using Peft.Declarative.Methods.MultitaskPromptTuning;
using Peft.Declarative.Methods.ParallelBottleneck;
using Peft.Declarative.Methods.Poly;
using Peft.Declarative.Methods.PrefixTuning;
using Peft.Declarative.Methods.PromptTuning;
using Peft.Declarative.Methods.PTuning;
using Peft.Declarative.Methods.SparseMask;
using Peft.Declarative.Methods.UniPelt;
using Peft.Declarative.Methods.Vera;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Methods;

/// <summary>The methods of this library. A new method is a folder and a row here.</summary>
internal static class MethodCatalog
{
    internal static IReadOnlyList<IAdapterMethod> All { get; } =
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
        new MultitaskPromptTuningMethod(),
        new ParallelBottleneckMethod(),
        new PolyMethod(),
        new PrefixTuningMethod(),
        new PromptTuningMethod(),
        new PTuningMethod(),
        new SparseMaskMethod(),
        new VeraMethod(),
    ];

    /// <summary>The hybrids: several methods in one adapter.</summary>
    internal static IReadOnlyList<MethodFacts> Hybrids { get; } = [MixAndMatchFacts.Method, UniPeltFacts.Method];

    /// <summary>The facts about all methods, for the table of methods.</summary>
    internal static IEnumerable<MethodFacts> Facts => All.Select(method => method.Facts).Concat(Hybrids);

    /// <summary>Gets the method of a file.</summary>
    /// <exception cref="PeftException">PEFT701: the type is not known. The message lists the known ones.</exception>
    internal static IAdapterMethod Of(ConfigJson file) => All.FirstOrDefault(method => method.Reads(file)) ?? throw Unknown(file);

    /// <summary>Gets the method of AdapterHub's settings.</summary>
    /// <exception cref="PeftException">PEFT701: the architecture is not known. The message lists the known ones.</exception>
    internal static IAdapterHubMethod OfAdapterHub(AdapterHubFile file) => WithAdapterHubFiles.FirstOrDefault(method => method.ReadsAdapterHub(file)) ?? throw Unknown(file);

    /// <summary>Gets the method of a config.</summary>
    internal static IAdapterMethod Of(AdapterConfig config) => All.Append(UnionMethod.Instance).First(method => method.ConfigType == config.GetType());

    /// <summary>Reads the config of an adapter directory.</summary>
    /// <param name="file">The configuration file.</param>
    /// <param name="keys">The names of the tensors.</param>
    internal static AdapterConfig Read(ConfigJson file, IEnumerable<string> keys)
    {
        if (!AdapterHubFile.Has(file))
        {
            return Of(file).Read(file);
        }

        var hub = AdapterHubFile.Of(file, [.. keys]);
        return OfAdapterHub(hub).ReadAdapterHub(hub) with { Source = SavedConfig.Of(file.Json), Hub = AdapterHubHeader.Read(file), BaseModel = file.Text("model_name") };
    }

    /// <summary>Creates the exception for a setting that changes the result and is not supported.</summary>
    internal static PeftException Unsupported(string source, string setting) => new(RuleIds.AdapterUnsupported,
        $"'{source}' sets {UntrustedText.Shown(setting)}, which this version does not support, so the adapter would not compute what its file says. "
        + "Train it without this setting, or merge it into its base with the library that created it.");

    private static IEnumerable<IAdapterHubMethod> WithAdapterHubFiles => All.OfType<IAdapterHubMethod>().Where(method => method.HasAdapterHubFiles).Append(UnionMethod.Instance);

    private static PeftException Unknown(AdapterHubFile file) => new(RuleIds.AdapterUnsupported,
        $"'{file.Settings.Source}' is an AdapterHub adapter of the architecture '{UntrustedText.Shown(file.Architecture)}', which this version does not know. "
        + $"It knows {string.Join(", ", WithAdapterHubFiles.Select(method => method.Facts.Name).Distinct())}.");

    private static PeftException Unknown(ConfigJson file) => new(RuleIds.AdapterUnsupported,
        $"'{file.Source}' is an adapter of type '{UntrustedText.Shown(file.Text("peft_type") ?? "null")}', which this version does not know. "
        + $"It knows {string.Join(", ", All.Select(method => method.PeftType).Distinct())}.");

    /// <summary>Registers the catalog with the folder of the adapters, which does not depend on the methods.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Constructors of users' models create sets of adapters, and cannot pass the catalog to them.")]
    internal static void Register()
    {
        AdapterMethods.Known = new Catalog();
        AdapterHub.AdapterHubMethods.Of = OfAdapterHub;
    }

    private sealed class Catalog : IMethodCatalog
    {
        public IAdapterMethod Of(AdapterConfig config) => MethodCatalog.Of(config);

        public AdapterConfig Read(ConfigJson file, IEnumerable<string> keys) => MethodCatalog.Read(file, keys);

        public void WriteAdapterHub(string directory, Adapter adapter, AdapterConfig config, Provenance? provenance) =>
            AdapterHubDirectory.Write(directory, adapter, config, provenance);
    }
}
