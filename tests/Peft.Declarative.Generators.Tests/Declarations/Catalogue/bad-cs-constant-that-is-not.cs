// expect: CS*+
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Targets = [Names.Query])]
public sealed partial class Persona : LlamaForCausalLM;
