namespace Peft.Declarative;

/// <summary>
/// Generates a console program around the class: train, eval, generate, chat, merge, info. Needs the package <c>Peft.Declarative.App</c>.
/// </summary>
/// <example>
/// <code>
/// [Lora(rank: 8)]
/// [PeftApp]   // dotnet run -- train --model models/llama-3.2-1b --data rows.jsonl
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PeftAppAttribute : Attribute;
