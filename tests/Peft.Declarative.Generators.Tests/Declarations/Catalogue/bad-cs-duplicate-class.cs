// expect: CS*+
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] public sealed class Persona : LlamaForCausalLM { public Persona(LlamaConfig c) : base(c) { } }
[Lora(rank: 4)] public sealed class Persona : LlamaForCausalLM { public Persona(LlamaConfig c) : base(c) { } }
