// expect: CS*+
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)] public sealed partial record Persona : LlamaForCausalLM;
