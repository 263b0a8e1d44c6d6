namespace Peft.Declarative;

/// <summary>Names the config.json of the base model, so that shapes, parameter counts and memory are known while typing.</summary>
/// <param name="path">Path relative to the project, which lists the file as <c>&lt;AdditionalFiles Include="…" /&gt;</c>.</param>
/// <example>
/// <code>
/// [Lora(rank: 8)]
/// [BaseConfig("models/llama-3.2-1b/config.json")]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BaseConfigAttribute(string path) : Attribute
{
    /// <summary>Path of the file, relative to the project.</summary>
    public string Path { get; } = path;
}
