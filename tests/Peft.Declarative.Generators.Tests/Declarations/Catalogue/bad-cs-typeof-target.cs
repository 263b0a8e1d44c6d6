// expect: CS*+
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Targets = [typeof(int)])]
public sealed partial class Persona : LlamaForCausalLM;
