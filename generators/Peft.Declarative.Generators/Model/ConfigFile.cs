namespace Peft.Declarative.Generators.Model;

/// <summary>The scalar fields of a config.json among the project's additional files.</summary>
/// <param name="Path">Its path, with forward slashes.</param>
/// <param name="Fields">Names and values; numbers and booleans as the file writes them.</param>
/// <param name="Failure">Why it cannot be read; empty if it can.</param>
internal sealed record ConfigFile(string Path, EquatableArray<ConfigField> Fields, string Failure)
{
    internal string? this[string name] => Fields.FirstOrDefault(field => field.Name == name)?.Value;
}

/// <summary>A field of config.json with a scalar value.</summary>
internal sealed record ConfigField(string Name, string Value);
