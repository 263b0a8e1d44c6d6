namespace Peft.Declarative.Generators.Model;

/// <summary>A field of config.json with a scalar value.</summary>
internal sealed record ConfigField(string Name, string Value);
