using Microsoft.CodeAnalysis.Diagnostics;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Plan;

/// <summary>A declaration with the config that it names, so that a change of another file causes no new plan.</summary>
/// <param name="Declaration">The declaration.</param>
/// <param name="Config">The config; <see langword="null"/> if none is named, or it cannot be used.</param>
/// <param name="Problem">The reason why it cannot be used; <see langword="null"/> if it can.</param>
internal sealed record ConfiguredDeclaration(ModelDeclaration Declaration, ConfigFile? Config, Problem? Problem);

/// <summary>Finds the file of [BaseConfig], relative to the declaration's own file, or else to the project's folder.</summary>
internal static class ConfigFinder
{
    internal static ConfiguredDeclaration Find(ModelDeclaration declaration, IReadOnlyList<ConfigFile> configs, string projectFolder)
    {
        if (declaration.BaseConfig is not { } path) return new ConfiguredDeclaration(declaration, null, null);

        SourcePlace place = declaration.BaseConfigPlace.At("path");
        ConfiguredDeclaration Wrong(string text, IEnumerable<string>? near = null) => new(
            declaration, null, new Problem(RuleIds.BaseConfigUnreadable, text, place, (near ?? []).ToEquatableArray()));

        string wanted = path.Replace('\\', '/');
        List<ConfigFile> found = Candidates(wanted, declaration.SourceFile.Replace('\\', '/'), projectFolder.Replace('\\', '/'), configs);
        if (found.Count == 0) return Wrong(RuleTexts.BaseConfigMissing(path), Near(wanted, configs));
        if (found.Count > 1) return Wrong(RuleTexts.BaseConfigAmbiguous(path, found.Select(file => file.Path)));
        if (found[0].Failure.Length > 0) return Wrong(RuleTexts.BaseConfigUnreadable(path, found[0].Failure));

        EquatableArray<string> types = declaration.Tree.ModelTypes;
        if (found[0]["model_type"] is { } type && types.Count > 0 && !types.Contains(type))
        {
            return Wrong(RuleTexts.BaseConfigOfOtherFamily(path, type, types, declaration.Name));
        }

        return ConfigQuotients.Problem(path, found[0]) is { } problem ? Wrong(problem) : new ConfiguredDeclaration(declaration, found[0], null);
    }

    private static List<ConfigFile> Candidates(string wanted, string source, string project, IReadOnlyList<ConfigFile> configs)
    {
        string folder = source.Substring(0, source.LastIndexOf('/') + 1);
        foreach (string from in new[] { folder, project })
        {
            string exact = ConfigPath.Normalized(wanted.StartsWith("/", StringComparison.Ordinal) || from.Length == 0 ? wanted : from.TrimEnd('/') + "/" + wanted);
            if (configs.FirstOrDefault(config => config.Path == exact) is { } file) return [file];
        }

        // If the compiler does not have the project's folder, any file whose path ends like this one can be meant.
        string end = "/" + string.Join("/", ConfigPath.Normalized(wanted).Split('/').Where(part => part is not ("" or "..")));
        bool open = project.Length == 0 && end.Length > 1;
        return open ? configs.Where(config => ("/" + config.Path).EndsWith(end, StringComparison.Ordinal)).GroupBy(config => config.Path).Select(same => same.First()).ToList() : [];
    }

    /// <summary>Gets the files whose paths end similarly.</summary>
    private static IReadOnlyList<string> Near(string wanted, IReadOnlyList<ConfigFile> configs)
    {
        int parts = wanted.Split('/').Length;
        return NearNames.Of(wanted, configs.Select(config => End(config.Path.Split('/'), parts)));
    }

    private static string End(string[] path, int parts) => string.Join("/", path.Skip(path.Length - parts));
}

/// <summary>The sizes of which one must divide the other, in every family with both.</summary>
internal static class ConfigQuotients
{
    private static readonly (string Whole, string Part, string Unless)[] Rows =
    [
        ("num_attention_heads", "num_key_value_heads", ""),
        ("hidden_size", "num_attention_heads", "head_dim"),
        ("n_embd", "n_head", ""),
    ];

    /// <summary>Gets the problem of a config; <see langword="null"/> if there is none.</summary>
    internal static string? Problem(string path, ConfigFile config)
    {
        foreach ((string whole, string part, string unless) in Rows)
        {
            if (unless.Length > 0 && config[unless] is not (null or "null")) continue;
            if (Number(config[whole]) is { } dividend && Number(config[part]) is > 0 and { } divisor && dividend % divisor != 0)
            {
                return RuleTexts.BaseConfigDoesNotDivide(path, whole, dividend, part, divisor);
            }
        }

        return null;
    }

    private static long? Number(string? text) => long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long number) ? number : null;
}

/// <summary>Reads the folder of the project, which the .NET SDK passes to the compiler.</summary>
internal static class ProjectFolder
{
    /// <summary>Gets the folder; empty if the compiler does not have it.</summary>
    internal static string Of(AnalyzerConfigOptionsProvider options) =>
        options.GlobalOptions.TryGetValue("build_property.projectdir", out string? folder) ? folder : "";
}
