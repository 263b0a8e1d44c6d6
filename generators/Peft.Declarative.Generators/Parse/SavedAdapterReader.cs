using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>
/// Reads saved adapters among the additional files. The class of one is named in the metadata <c>PeftAdapter</c>, or by its folder. Tensors are no text, so the
/// package's targets write their headers, which begin the files, into texts of their own.
/// </summary>
internal static class SavedAdapterReader
{
    /// <summary>The end of the path of a saved adapter's configuration.</summary>
    internal const string Config = "/adapter_config.json";

    internal static List<SavedAdapter> Read(AnalyzerOptions options, CancellationToken cancellation)
    {
        string? Metadata(AdditionalText file, string name) =>
            options.AnalyzerConfigOptionsProvider.GetOptions(file).TryGetValue("build_metadata.AdditionalFiles." + name, out string? value) && value.Length > 0 ? value : null;

        Dictionary<string, AdditionalText> headers = options.AdditionalFiles
            .Select(file => (File: file, Of: Metadata(file, "PeftHeaderOf")))
            .Where(pair => pair.Of is not null)
            .GroupBy(pair => ConfigPath.Normalized(pair.Of!))
            .ToDictionary(group => group.Key, group => group.First().File, StringComparer.Ordinal);
        var saved = new List<SavedAdapter>();
        foreach (AdditionalText file in options.AdditionalFiles)
        {
            string path = ConfigPath.Normalized(file.Path);
            if (!path.EndsWith(Config, StringComparison.Ordinal) || file.GetText(cancellation) is not { } text) continue;

            string folder = path.Substring(0, path.Length - Config.Length);
            string name = folder.Substring(folder.LastIndexOf('/') + 1);
            ConfigFile? header = headers.TryGetValue(path, out AdditionalText? found) && found.GetText(cancellation) is { } tensors ? ConfigFileReader.ReadNested(found.Path, tensors.ToString()) : null;
            string? of = Metadata(file, "PeftAdapter");
            saved.Add(new SavedAdapter(name, of ?? name, ConfigFileReader.ReadNested(path, text.ToString()), header) { IsNamed = of is not null });
        }

        return saved;
    }
}
