namespace Peft.Declarative.Generators.Model;

/// <summary>The files of a saved adapter among the project's additional files.</summary>
/// <param name="Folder">The name of its folder, for messages.</param>
/// <param name="For">The class that it is for, or the property of an adapter of a class: <c>Persona</c>, <c>Persona.Captain</c>.</param>
/// <param name="Config">Its adapter_config.json, with nested values.</param>
/// <param name="Header">The header of its tensors' file; <see langword="null"/> if the project has none.</param>
internal sealed record SavedAdapter(string Folder, string For, ConfigFile Config, ConfigFile? Header)
{
    /// <summary>The class in <see cref="For"/>.</summary>
    internal string ForClass => For.Split('.')[0];

    /// <summary>Whether the project names the class, and not only the folder has its name.</summary>
    public bool IsNamed { get; init; }

    /// <summary>The name of the method in the file.</summary>
    internal string? PeftType => Config["peft_type"] ?? Config["config/architecture"];

    /// <summary>The names in target_modules; empty if it is an expression.</summary>
    internal IReadOnlyList<string> Targets => Config.Fields.Where(one => one.Name.StartsWith("target_modules/", StringComparison.Ordinal)).Select(one => one.Value).ToList();

    /// <summary>The tensors in the file with their shapes; empty without a header.</summary>
    internal IReadOnlyDictionary<string, long[]> Tensors()
    {
        const string Shape = "/shape/";
        return (Header?.Fields ?? default)
            .Where(field => field.Name.Contains(Shape))
            .GroupBy(field => field.Name.Substring(0, field.Name.IndexOf(Shape, StringComparison.Ordinal)))
            .ToDictionary(tensor => tensor.Key, tensor => tensor.Select(size => long.TryParse(size.Value, out long number) ? number : 0).ToArray(), StringComparer.Ordinal);
    }
}
