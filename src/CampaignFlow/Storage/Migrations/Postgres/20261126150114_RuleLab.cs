using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CampaignFlow.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class RuleLab : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "rule_draft",
                columns: table => new
                {
                    rule = table.Column<string>(type: "text", nullable: false),
                    text = table.Column<string>(type: "text", nullable: false),
                    base_hash = table.Column<string>(type: "text", nullable: false),
                    edited_by = table.Column<string>(type: "text", nullable: false),
                    edited_at = table.Column<long>(type: "bigint", nullable: false),
                    editors = table.Column<string>(type: "text", nullable: false),
                    asked_at = table.Column<long>(type: "bigint", nullable: true),
                    asked_by = table.Column<string>(type: "text", nullable: true),
                    asked_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    returned_by = table.Column<string>(type: "text", nullable: true),
                    returned_why = table.Column<string>(type: "text", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rule_draft", x => x.rule);
                });

            migrationBuilder.CreateTable(
                name: "rule_proof",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    rule = table.Column<string>(type: "text", nullable: false),
                    hash = table.Column<string>(type: "text", nullable: false),
                    others_hash = table.Column<string>(type: "text", nullable: false),
                    source = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false),
                    by = table.Column<string>(type: "text", nullable: false),
                    may_publish = table.Column<bool>(type: "boolean", nullable: false),
                    report = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rule_proof", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "rule_publication",
                columns: table => new
                {
                    rule = table.Column<string>(type: "text", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    hash = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false),
                    asked_by = table.Column<string>(type: "text", nullable: false),
                    published_by = table.Column<string>(type: "text", nullable: false),
                    proof_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rule_publication", x => new { x.rule, x.number });
                });

            migrationBuilder.CreateIndex(
                name: "ix_rule_proof_rule_hash_at",
                table: "rule_proof",
                columns: new[] { "rule", "hash", "at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "rule_draft");

            migrationBuilder.DropTable(
                name: "rule_proof");

            migrationBuilder.DropTable(
                name: "rule_publication");
        }
    }
}
