// expect: PEFT007 at PeftApp
using Peft.Declarative;
using Peft.Declarative.Models;
[PeftApp]
public sealed partial class Persona : LlamaForCausalLM;
