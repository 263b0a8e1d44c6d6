namespace Peft.Declarative.Generators.Model;

/// <summary>The scalar fields of a config.json among the project's additional files.</summary>
/// <param name="Path">Its path, with forward slashes.</param>
/// <param name="Fields">The names and values. Numbers and booleans are as in the file.</param>
/// <param name="Failure">The reason why it cannot be read; empty if it can.</param>
internal sealed record ConfigFile(string Path, EquatableArray<ConfigField> Fields, string Failure)
{
    internal string? this[string name] => Fields.FirstOrDefault(field => field.Name == name)?.Value;
}

/// <summary>A field of config.json with a scalar value.</summary>
internal sealed record ConfigField(string Name, string Value);
