// expect: PEFT006 at PeftApp
// run: no (a program)
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)] [PeftApp]
public sealed partial class Persona<T> : LlamaForCausalLM;
